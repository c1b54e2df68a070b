/** SHELL: what an office needs of the network, fetched and started when Today stands: no officer waits for it. */
import type { Office } from './ui/office.svelte';

/** Also on a busy phone the records do not wait longer than this. */
const AT_THE_LATEST_MS = 1_000;
const TRY_AGAIN_MS = 30_000;

function idle(call: () => void): void {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(call, { timeout: AT_THE_LATEST_MS });
  else setTimeout(call, AT_THE_LATEST_MS);
}

async function start(office: Office, device: string): Promise<void> {
  await office.whole;
  const [{ startSync }, { startMaps }] = await Promise.all([
    import('./office_sync'),
    import('./office_maps'),
  ]);
  if (office.stopped) return;
  await startSync(office, device);
  startMaps(office);
}

export function startNetwork(office: Office, device: string): void {
  const attempt = (): void => {
    if (office.stopped) return;
    // A part of the app that did not load is asked for again: what is unsent must not wait for the next start.
    start(office, device).catch(() => setTimeout(attempt, TRY_AGAIN_MS));
  };
  idle(attempt);
}
