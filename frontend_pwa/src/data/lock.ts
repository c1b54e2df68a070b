/** SHELL: the lock of one officer's database: setting it up, trying a secret, changing it, taking it off. */
import {
  contactIsOver,
  MAX_TRIES,
  NO_TRIES,
  waitLeft_ms,
  type LockKind,
  type LockPolicy,
  type Tries,
} from '../domain/lock';
import { RowCipher } from './cipher';
import { PROTECTED_TABLES } from './encrypted_tables';
import { fileForDisk, isEncryptedFile } from './files';
import { newDataKey, newSalt, unwrapKey, wrapKey, type Material, type WrappedKey } from './lock_key';
import { fact, type OfficerStore } from './officer_store';
import { sealMissing, takeSeals } from './sealed_outbox';

/** The wrapped data key and what must be known before it can be opened. */
export interface KeyFacts extends WrappedKey {
  /** Which of the server's shares a PIN was set up with. */
  share_id: string | null;
  /** Which passkey of this phone opens it. */
  credential: Uint8Array<ArrayBuffer> | null;
  policy: LockPolicy;
  made_at_ms: number;
  /** Every row that was here before the lock is encrypted. */
  whole: boolean;
}

/** The server's part of a PIN, forgotten a day after the server was last heard. */
export interface Share {
  id: string;
  bytes: Uint8Array;
}

export type NewLock = Pick<KeyFacts, 'share_id' | 'credential' | 'policy'> & { material: Material };

export type TryAnswer =
  | { kind: 'opened' }
  | { kind: 'wrong'; tries: Tries }
  | { kind: 'wait'; tries: Tries }
  /** The tenth wrong one: no key is left. */
  | { kind: 'spent' };

async function row<T>(store: OfficerStore, name: string): Promise<T | null> {
  return ((await store.lock.get(name)) as T | undefined) ?? null;
}

export async function keyFacts(store: OfficerStore): Promise<KeyFacts | null> {
  return row<KeyFacts>(store, 'key');
}

export async function tries(store: OfficerStore): Promise<Tries> {
  return (await row<Tries>(store, 'tries')) ?? NO_TRIES;
}

export async function keptShare(store: OfficerStore): Promise<Share | null> {
  return row<Share>(store, 'share');
}

export async function keepShare(store: OfficerStore, share: Share | null): Promise<void> {
  await (share === null ? store.lock.delete('share') : store.lock.put({ name: 'share', ...share }));
}

/** The server was heard just now. */
export async function noteContact(store: OfficerStore, at_ms: number): Promise<void> {
  await store.lock.put({ name: 'contact', at_ms });
}

export async function lastContact_ms(store: OfficerStore): Promise<number> {
  const noted = (await row<{ at_ms: number }>(store, 'contact'))?.at_ms ?? 0;
  return Math.max(noted, (await fact(store, 'pulled_at_ms')) ?? 0);
}

/** A day without the server: the share is forgotten, and reading waits for the next contact. */
export async function contactNeeded(store: OfficerStore, key: KeyFacts, now_ms: number): Promise<boolean> {
  const over = contactIsOver(await lastContact_ms(store), now_ms, key.policy.offline_hours * 3_600_000);
  if (over) await keepShare(store, null);
  return over || (key.kind === 'pin' && (await keptShare(store)) === null);
}

async function opened(store: OfficerStore, dataKey: Uint8Array): Promise<void> {
  store.keyring.open(new RowCipher(dataKey));
  await takeSeals(store);
}

/** A new lock on this database, open. What lay here in clear is encrypted before this resolves. */
export async function setUpLock(store: OfficerStore, made: NewLock, now_ms: number): Promise<void> {
  const { material, ...facts } = made;
  const dataKey = newDataKey();
  const wrapped = await wrapKey(dataKey, material, newSalt());
  await store.lock.bulkPut([
    { name: 'key', ...wrapped, ...facts, made_at_ms: now_ms, whole: false },
    { name: 'tries', ...NO_TRIES },
    { name: 'contact', at_ms: now_ms },
  ]);
  store.keyring.locked = true;
  await opened(store, dataKey);
  await makeWhole(store);
}

/** Encrypts what is still in clear; goes on where a phone that died had stopped. */
export async function makeWhole(store: OfficerStore): Promise<void> {
  await encryptFiles(store);
  await rewriteRows(store);
  await sealMissing(store);
  await store.lock.update('key', { whole: true });
}

/** Each row is read and written back as the keyring says now. */
async function rewriteRows(store: OfficerStore): Promise<void> {
  for (const name of PROTECTED_TABLES) {
    const table = store.table<unknown, string>(name);
    for (const key of await table.toCollection().primaryKeys())
      await store.transaction('rw', table, async () => {
        const found = await table.get(key);
        if (found !== undefined) await table.put(found);
      });
  }
}

async function encryptFiles(store: OfficerStore): Promise<void> {
  for (const id of await store.attachments.toCollection().primaryKeys()) {
    const found = await store.attachments.get(id);
    if (!found?.blob || isEncryptedFile(found.blob)) continue;
    const file = await fileForDisk(store, id, found.blob);
    await store.attachments.update(id, { ...file });
  }
}

/**
 * One try. It is counted on the disk before it is judged, so that pulling the plug gains nothing. The tenth wrong one
 * takes the wrapped key away; what becomes of the database is the caller's matter.
 */
export async function tryOpen(store: OfficerStore, material: Material, now_ms: number): Promise<TryAnswer> {
  const key = await keyFacts(store);
  if (!key) return { kind: 'spent' };
  const counted = await countTry(store, now_ms);
  if (counted.waits) return { kind: 'wait', tries: counted.tries };
  const dataKey = await unwrapKey(key, material);
  if (dataKey) {
    await store.lock.put({ name: 'tries', ...NO_TRIES });
    await opened(store, dataKey);
    return { kind: 'opened' };
  }
  if (counted.tries.wrong < MAX_TRIES) return { kind: 'wrong', tries: counted.tries };
  await store.lock.bulkDelete(['key', 'share']);
  return { kind: 'spent' };
}

async function countTry(store: OfficerStore, now_ms: number): Promise<{ waits: boolean; tries: Tries }> {
  return store.transaction('rw', store.lock, async () => {
    const before = await tries(store);
    if (waitLeft_ms(before, now_ms) > 0) return { waits: true, tries: before };
    const counted = { wrong: before.wrong + 1, last_at_ms: now_ms };
    await store.lock.put({ name: 'tries', ...counted });
    return { waits: false, tries: counted };
  });
}

/** The same data key under another secret. The old secret was tried a moment ago: it must be the one that is open. */
export async function changeSecret(
  store: OfficerStore,
  old: Material,
  made: NewLock,
  now_ms: number,
): Promise<boolean> {
  const key = await keyFacts(store);
  const dataKey = key && (await unwrapKey(key, old));
  if (!dataKey) return false;
  const { material, ...facts } = made;
  const wrapped = await wrapKey(dataKey, material, newSalt());
  await store.lock.put({ name: 'key', ...wrapped, ...facts, made_at_ms: now_ms, whole: true });
  if (material.kind !== 'pin') await keepShare(store, null);
  return true;
}

/** Takes the lock off an open database: everything is written back in clear, the key row goes last. */
export async function takeLockOff(store: OfficerStore): Promise<void> {
  await store.lock.update('key', { whole: false });
  store.keyring.writes = null;
  store.keyring.seals = null;
  await rewriteRows(store);
  await store.lock.clear();
  store.keyring.close();
  store.keyring.locked = false;
}

/**
 * What waits on a closed phone. Each state is counted by itself: asked for two at once, Dexie walks through the rows and
 * reads each, and a closed phone reads none.
 */
export async function waitingHere(store: OfficerStore): Promise<{ unsent: number; photos: number }> {
  const inState = (state: string): Promise<number> => store.attachments.where({ state }).count();
  return {
    unsent: await store.outbox.count(),
    photos: (await inState('waiting')) + (await inState('attention')),
  };
}

/** Nothing can be read from here on until the secret is tried again. */
export function closeLock(store: OfficerStore): void {
  store.keyring.close();
}

export type { LockKind };
