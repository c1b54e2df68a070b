import { expect, test } from 'vitest';
import { hearsRevocation } from '../../src/sync/revocation';

const answering = (status: number, body: unknown) => () =>
  Promise.resolve(new Response(JSON.stringify(body), { status }));

test.each([
  [403, { code: 'device_revoked' }, 1],
  [403, { code: 'not_allowed' }, 0],
  // a receipt that says why a record is held is not about this device now
  [200, { code: 'device_revoked' }, 0],
  [403, 'a portal', 0],
])(
  'an answer %s %j is heard as a revocation %s times, and reaches whoever asked',
  async (status, body, times) => {
    let heard = 0;
    const fetch = hearsRevocation(answering(status, body), () => Promise.resolve(void (heard += 1)));
    const response = await fetch('/api/v1/sync/pull');
    expect([heard, response.status, await response.json()]).toEqual([times, status, body]);
  },
);
