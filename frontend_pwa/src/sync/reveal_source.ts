/** SHELL: a party's contact, asked of the server for one reason and one look; nothing of the answer is kept. */
import type { Contact, Reveal } from '../domain/parties';
import { ask, type Fetch } from './http';

export function revealSource(fetch: Fetch): Reveal {
  return async (dispute, party, reason) => {
    const path = `/api/v1/disputes/${encodeURIComponent(dispute)}/parties/${encodeURIComponent(party)}/reveal`;
    const body = JSON.stringify({ reason });
    const answer = await ask(fetch, path, { method: 'POST', body, cache: 'no-store' });
    if (answer.ok) return { kind: 'revealed', contact: contactOf(answer.body) };
    if (answer.problem && (answer.failure.kind === 'refused' || answer.failure.kind === 'indigestible'))
      return { kind: 'refused', code: answer.problem.code };
    const { kind } = answer.failure;
    return { kind: kind === 'busy' || kind === 'signed_out' ? kind : 'no_network' };
  };
}

function contactOf(body: unknown): Contact {
  const { name = '', phone = '' } = body as Partial<Contact>;
  return { name, phone };
}
