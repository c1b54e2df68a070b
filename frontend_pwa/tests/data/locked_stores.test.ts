/** SHELL: what holds for an open database holds for an encrypted one: the same tests once more, with the lock on. */
process.env['XUNFANG_TEST_LOCK'] = '1';

await import('./save.test');
await import('./snapshot.test');
await import('./attachments.test');
await import('./durability.test');
await import('./sealed.test');
await import('../sync/uploads.test');
await import('../sync/rounds.test');
