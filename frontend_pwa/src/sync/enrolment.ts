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

export async function enrolDevice(
  ports: EnrolPorts,
  code: string | null,
  signal?: AbortSignal,
): Promise<EnrolAnswer> {
  const { storage, public_key, app_version } = ports;
  if (public_key === null) return { kind: 'unsigned' };
  const body = JSON.stringify({ device: await storage.device(), public_key, app_version, code });
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
