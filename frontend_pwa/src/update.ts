/** SHELL: the service worker: installed at the first visit, replaced only when the officer says so. */

let ready: ((takeOver: () => void) => void) | null = null;
let waiting: ServiceWorker | null = null;
let reloading = false;

function announce(worker: ServiceWorker): void {
  waiting = worker;
  ready?.(takeOver);
}

function takeOver(): void {
  // Only a takeover that was asked for may reload the page: a half-filled form survives the first install.
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (reloading) return;
    reloading = true;
    location.reload();
  });
  waiting?.postMessage({ type: 'take_over' });
}

function watch(registration: ServiceWorkerRegistration): void {
  if (registration.waiting && navigator.serviceWorker.controller) announce(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing;
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed' && navigator.serviceWorker.controller) announce(worker);
    });
  });
}

export function onUpdateReady(call: (takeOver: () => void) => void): void {
  ready = call;
  if (waiting) call(takeOver);
}

export async function installServiceWorker(): Promise<void> {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return;
  try {
    const registration = await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' });
    watch(registration);
    // An app that stays open for days still learns of a new version.
    setInterval(() => void registration.update().catch(() => undefined), 3_600_000);
  } catch {
    // without a service worker the app works as long as there is a network
  }
}
