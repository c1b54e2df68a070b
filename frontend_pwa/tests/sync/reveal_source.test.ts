import { expect, test } from 'vitest';
import { revealSource } from '../../src/sync/reveal_source';

const json = { 'content-type': 'application/json' };
const problem = { 'content-type': 'application/problem+json' };

test.each([
  [
    200,
    json,
    { name: '张三', phone: '13812348000' },
    { kind: 'revealed', contact: { name: '张三', phone: '13812348000' } },
  ],
  [404, problem, { code: 'not_found' }, { kind: 'refused', code: 'not_found' }],
  [400, problem, { code: 'request_invalid' }, { kind: 'refused', code: 'request_invalid' }],
  [401, problem, { code: 'not_signed_in' }, { kind: 'signed_out' }],
  [503, problem, {}, { kind: 'busy' }],
  // a portal's page is not our server
  [404, { 'content-type': 'text/html' }, 'sign in here', { kind: 'no_network' }],
])(
  'an answer %s %j to the question for a contact is told as what it is',
  async (status, headers, body, told) => {
    const asked: [string, unknown][] = [];
    const reveal = revealSource((path, init) => {
      asked.push([path, JSON.parse(init?.body as string)]);
      return Promise.resolve(new Response(JSON.stringify(body), { status, headers }));
    });
    expect(await reveal('d1', 'p1', '回访')).toEqual(told);
    expect(asked).toEqual([['/api/v1/disputes/d1/parties/p1/reveal', { reason: '回访' }]]);
  },
);
