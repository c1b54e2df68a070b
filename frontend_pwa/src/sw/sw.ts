/** SHELL: the service worker: the app opens with no network. It keeps the app's own files and nothing else. */
/// <reference lib="webworker" />
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';

declare const self: ServiceWorkerGlobalScope;
declare const __PRECACHE__: { url: string; revision: string | null }[];

/** Answers of the server are never kept here: records live in IndexedDB, figures come from the network. */
const SERVER_PATHS = [
  /^\/api\//,
  /^\/_allauth\//,
  /^\/tiles\//,
  /^\/admin/,
  /^\/ogc/,
  /^\/static\//,
  /^\/(healthz|readyz)/,
];

precacheAndRoute(__PRECACHE__);
cleanupOutdatedCaches();
registerRoute(new NavigationRoute(createHandlerBoundToURL('/index.html'), { denylist: SERVER_PATHS }));

// A new version waits until the officer says so: a half-filled form is worth more than a new version.
self.addEventListener('message', (event) => {
  if ((event.data as { type?: string } | null)?.type === 'take_over') void self.skipWaiting();
});
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
