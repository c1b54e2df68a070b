/** SHELL: asking the server for its part of a PIN; it tells it to an enrolled device of a signed-in officer alone. */
import type { Share } from '../data/lock';
import { ask, type Fetch } from './http';
import type { ShareAnswer } from './status';

/** `fetch` signs as this device in this officer's name. */
export async function askShare(fetch: Fetch, device: string): Promise<ShareAnswer<Share>> {
  const body = JSON.stringify({ device });
  const answer = await ask(fetch, '/api/v1/devices/share', { method: 'POST', body, cache: 'no-store' });
  if (!answer.ok) {
    const { failure } = answer;
    if (failure.kind === 'refused') return { kind: 'refused', code: failure.code };
    if (failure.kind === 'indigestible') return { kind: 'refused', code: failure.problem.code };
    return { kind: failure.kind };
  }
  const { share_id, share } = answer.body as { share_id?: string; share?: string };
  // JSON, but not ours: a portal that answers everything.
  if (typeof share_id !== 'string' || typeof share !== 'string') return { kind: 'no_network' };
  return {
    kind: 'given',
    share: { id: share_id, bytes: Uint8Array.from(atob(share), (letter) => letter.charCodeAt(0)) },
  };
}
