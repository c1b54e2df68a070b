/** SHELL: records that wait for a lead: reading them, and what the lead decided. */
import type { QuarantineRow } from '../domain/oversight';
import { loadedFrom } from './devices_source';
import { ask, type Fetch } from './http';
import type { QuarantineSource } from './status_lead';

const PAGE = 50;

export function quarantineSource(fetch: Fetch): QuarantineSource {
  return {
    page: async (state, cursor) => {
      const query = new URLSearchParams({ state, limit: String(PAGE), ...(cursor ? { cursor } : {}) });
      const answer = await ask(fetch, `/api/v1/quarantine?${query.toString()}`, { cache: 'no-store' });
      return loadedFrom(answer);
    },
    one: async (id) =>
      loadedFrom(await ask(fetch, `/api/v1/quarantine/${encodeURIComponent(id)}`, { cache: 'no-store' })),
    decide: async (id, action, reason, payload) => {
      const body = JSON.stringify(action === 'correct' ? { reason, payload } : { reason });
      const path = `/api/v1/quarantine/${encodeURIComponent(id)}/${action}`;
      const answer = await ask(fetch, path, { method: 'POST', body });
      if (answer.ok) return { kind: 'decided', row: answer.body as QuarantineRow };
      if (answer.problem && (answer.failure.kind === 'refused' || answer.failure.kind === 'indigestible'))
        return { kind: 'refused', problem: answer.problem };
      const { kind } = answer.failure;
      return { kind: kind === 'busy' || kind === 'signed_out' ? kind : 'no_network' };
    },
  };
}
