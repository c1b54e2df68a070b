/** SHELL: SHA-256 by the browser. */
import { canonicalJson, hex } from '../domain/canonical';

export async function payloadSha256(payload: unknown): Promise<string> {
  return hex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(canonicalJson(payload))));
}
