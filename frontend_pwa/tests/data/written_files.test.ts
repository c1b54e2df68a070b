import { describe, expect, test } from 'vitest';
import { draftAttachments } from '../../src/data/attachments';
import { keepPhrases, ownPhrases } from '../../src/data/phrases';
import { draftFiles, keepGrowing } from '../../src/data/written_files';
import type { NewAttachment } from '../../src/domain/attachments';
import { aStore, counter } from './stores';

const RECORD = '0190a000-0000-7000-8000-0000000000aa';

function aSound(size: number): NewAttachment {
  return { kind: 'audio', media_type: 'audio/webm', blob: new Blob([new Uint8Array(size)]) };
}

describe('a voice note that grows', () => {
  test('is one file, as long as it was when it was last written down', async () => {
    const store = await aStore();
    const ports = { now_ms: 0, newId: counter('f') };
    const first = await keepGrowing(store, RECORD, aSound(10), null, ports);
    await keepGrowing(store, RECORD, aSound(25), first, ports);
    expect((await draftAttachments(store, RECORD)).map((row) => row.size_bytes)).toEqual([25]);
  });
  test('leaves another note and a photo of the same visit alone', async () => {
    const store = await aStore();
    const ports = { now_ms: 0, newId: counter('f') };
    await keepGrowing(store, RECORD, { ...aSound(5), kind: 'photo' }, null, ports);
    await keepGrowing(store, RECORD, aSound(10), null, ports);
    const second = await keepGrowing(store, RECORD, aSound(7), null, ports);
    await keepGrowing(store, RECORD, aSound(8), second, ports);
    const kept = await draftFiles(store, RECORD, 'audio');
    expect(kept.map((row) => row.size_bytes).sort()).toEqual([10, 8].sort());
    expect(await draftFiles(store, RECORD, 'photo')).toHaveLength(1);
  });
});

describe('own quick phrases', () => {
  test('are kept by list, and given up for those of the catalogue again', async () => {
    const store = await aStore();
    expect(await ownPhrases(store, 'note')).toBeUndefined();
    await keepPhrases(store, 'note', ['a']);
    await keepPhrases(store, 'terms', ['b']);
    expect([await ownPhrases(store, 'note'), await ownPhrases(store, 'terms')]).toEqual([['a'], ['b']]);
    await keepPhrases(store, 'note', null);
    expect([await ownPhrases(store, 'note'), await ownPhrases(store, 'terms')]).toEqual([undefined, ['b']]);
  });
});
