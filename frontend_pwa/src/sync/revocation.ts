/** PURE: hearing that this device was revoked, whichever request it was that the server refused for it. */
import { codeOf, type Fetch } from './http';

export const DEVICE_REVOKED = 'device_revoked';

/** A fetch that tells when the server answers 403 `device_revoked`, before whoever asked sees the answer. */
export function hearsRevocation(fetch: Fetch, onRevoked: () => Promise<void>): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (response.status === 403 && (await codeOf(response)) === DEVICE_REVOKED) await onRevoked();
    return response;
  };
}
