/** SHELL: what holds for an open database holds for an encrypted one: the same tests once more, with the lock on. */
import { vi } from 'vitest';

process.env['XUNFANG_TEST_LOCK'] = '1';
// A passphrase takes a busy machine seconds; how long is no matter of these tests.
vi.setConfig({ testTimeout: 30_000 });

await import('./save.test');
await import('./snapshot.test');
await import('./attachments.test');
await import('./durability.test');
await import('./sealed.test');
await import('../sync/uploads.test');
await import('../sync/rounds.test');
