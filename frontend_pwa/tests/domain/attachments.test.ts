import { describe, expect, test } from 'vitest';
import { afterUpload, countOf, nextUpload, type AttachmentView } from '../../src/domain/attachments';

function aRow(part: Partial<AttachmentView> = {}): AttachmentView {
  return {
    ...{ id: 'a', record: 'r', mutation: 'm', kind: 'photo', media_type: 'image/jpeg', sha256: '00' },
    ...{ size_bytes: 100, state: 'waiting', made_at_ms: 0, upload_url: null, stored_at_ms: null },
    ...{ stored_epoch: null, altered: 0, problem: null },
    ...part,
  };
}

const none = new Set<string>();

describe('which photo goes next', () => {
  test('the smallest, and of equal ones the oldest', () => {
    const rows = [
      aRow({ id: 'large', size_bytes: 300 }),
      aRow({ id: 'young', made_at_ms: 9 }),
      aRow({ id: 'old', made_at_ms: 1 }),
    ];
    expect(nextUpload(rows, none, null, none)?.id).toBe('old');
  });

  test('none whose announcement has not left, none tried in vain a moment ago, none that needs a person', () => {
    const rows = [aRow({ id: 'a', mutation: 'x' }), aRow({ id: 'b' }), aRow({ id: 'c', state: 'attention' })];
    expect(nextUpload(rows, new Set(['x']), null, new Set(['b']))).toBeNull();
  });

  test('one that was stored in another epoch, but not while no epoch is known', () => {
    const rows = [aRow({ state: 'stored', stored_epoch: 'one' })];
    expect(nextUpload(rows, none, 'one', none)).toBeNull();
    expect(nextUpload(rows, none, null, none)).toBeNull();
    expect(nextUpload(rows, none, 'two', none)?.id).toBe('a');
  });
});

describe('what an answer means', () => {
  test('a stored photo whose question got no answer stays stored', () => {
    expect(afterUpload(aRow({ state: 'stored' }), { kind: 'broken_off' }, 'two', 5)).toEqual({});
  });

  test('a stored photo that the server has forgotten waits again, from the beginning', () => {
    expect(afterUpload(aRow({ state: 'stored', upload_url: '/u' }), { kind: 'forgotten' }, 'two', 5)).toEqual(
      {
        state: 'waiting',
        upload_url: null,
      },
    );
  });
});

test('two of three photos', () => {
  const rows = [aRow({ state: 'stored' }), aRow({ state: 'stored' }), aRow(), aRow({ record: 'other' })];
  expect(countOf(rows, 'r')).toEqual({ stored: 2, made: 3 });
});
