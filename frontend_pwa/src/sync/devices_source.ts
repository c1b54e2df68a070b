/** SHELL: the unit's devices: listing them, making an enrolment code, revoking one. */
import { ask, type Answer, type Fetch } from './http';
import type { Loaded } from './status';
import type { DevicesSource } from './status_lead';

/** What was asked for, as an answer a screen can show: the value, or why there is none. */
export function loadedFrom<T>(answer: Answer): Loaded<T> {
  if (answer.ok) return { kind: 'loaded', value: answer.body as T };
  if (answer.failure.kind === 'indigestible') return { kind: 'refused', code: answer.failure.problem.code };
  if (answer.failure.kind === 'refused') return { kind: 'refused', code: answer.failure.code };
  return { kind: answer.failure.kind };
}

export function devicesSource(fetch: Fetch): DevicesSource {
  const post = (path: string, body: unknown): Promise<Answer> =>
    ask(fetch, path, { method: 'POST', body: JSON.stringify(body) });
  return {
    list: async () => loadedFrom(await ask(fetch, '/api/v1/devices', { cache: 'no-store' })),
    makeCode: async () => loadedFrom(await post('/api/v1/devices/codes', {})),
    revoke: async (device, reason) =>
      loadedFrom(await post(`/api/v1/devices/${encodeURIComponent(device)}/revoke`, { reason })),
  };
}
