/** SHELL: making this device known to the server, with the key it signs with. */
import type { SyncStorage } from '../data/sync_storage';
import { ask, type Fetch } from './http';
import type { EnrolAnswer } from './status';

export interface EnrolPorts {
  storage: SyncStorage;
  fetch: Fetch;
  public_key: string | null;
  now_ms: () => number;
  app_version: string;
}

/** Asked, and never heard what became of it: the answer may have been lost after the server had written it down. */
const UNHEARD = { unit: '', enrolled_at_ms: 0, due: true } as const;

export function isUnheard(enrolment: { unit: string }): boolean {
  return enrolment.unit === UNHEARD.unit;
}

export async function enrolDevice(
  ports: EnrolPorts,
  code: string | null,
  signal?: AbortSignal,
): Promise<EnrolAnswer> {
  const { storage, public_key, app_version } = ports;
  if (public_key === null) return { kind: 'unsigned' };
  const body = JSON.stringify({ device: await storage.device(), public_key, app_version, code });
  if ((await storage.enrolment()) === null) await storage.setEnrolment(UNHEARD);
  const init: RequestInit = { method: 'POST', body, ...(signal ? { signal } : {}) };
  const answer = await ask(ports.fetch, '/api/v1/devices/enrol', init);
  if (answer.ok) {
    const unit = (answer.body as { unit?: unknown }).unit;
    if (unit === undefined) return { kind: 'no_network' };
    const name = typeof unit === 'string' ? unit : JSON.stringify(unit);
    await storage.setEnrolment({ unit: name, enrolled_at_ms: ports.now_ms(), due: false });
    return { kind: 'enrolled' };
  }
  const { failure } = answer;
  if (failure.kind === 'refused') return { kind: 'refused', code: failure.code };
  if (failure.kind === 'indigestible') return { kind: 'refused', code: failure.problem.code };
  return { kind: failure.kind };
}
