/** SHELL: what a secret that was typed, or a passkey, needs besides to open the phone: the server's share, the browser. */
import { keepShare, keptShare, noteContact, type KeyFacts, type NewLock } from './data/lock';
import type { Material } from './data/lock_key';
import { fact, type OfficerStore } from './data/officer_store';
import { askPasskey, newPasskey } from './data/passkey';
import type { LockKind, LockPolicy } from './domain/lock';
import { now_ms, ownFetch } from './own_fetch';
import { signedAs } from './signed_by';
import { askShare } from './sync/lock_share';
import { whoAmI } from './sync/session';
import type { ContactAnswer, SetUpAnswer } from './ui/lock.svelte';

/** Asks the server who is signed in, and for the share where a PIN needs it. */
export async function hearServer(
  store: OfficerStore,
  officer: string,
  key: KeyFacts,
): Promise<ContactAnswer> {
  if (key.kind === 'pin') return hearShare(store, officer, key.share_id);
  const who = await whoAmI(ownFetch);
  if (who.kind !== 'signed_in') return who.kind;
  if (who.me.officer.id !== officer) return 'signed_out';
  await noteContact(store, now_ms());
  return 'heard';
}

async function hearShare(
  store: OfficerStore,
  officer: string,
  share_id: string | null,
): Promise<ContactAnswer> {
  const device = (await fact(store, 'device')) ?? '';
  const answer = await askShare(await signedAs(store, officer), device);
  if (answer.kind !== 'given') return answer.kind;
  if (share_id !== null && answer.share.id !== share_id) return 'share_changed';
  await keepShare(store, answer.share);
  await noteContact(store, now_ms());
  return 'heard';
}

/** What opens this key now; null where the passkey said no or the share is not here. */
export async function materialFor(
  store: OfficerStore,
  key: KeyFacts,
  secret: string,
): Promise<Material | 'cancelled' | 'unsupported' | 'no_share'> {
  if (key.kind === 'passphrase') return { kind: 'passphrase', secret };
  if (key.kind === 'pin') {
    const share = await keptShare(store);
    return share ? { kind: 'pin', secret, share: share.bytes } : 'no_share';
  }
  if (!key.credential) return 'unsupported';
  const asked = await askPasskey(key.credential);
  return asked.kind === 'made' ? { kind: 'passkey', prf: asked.value } : asked.kind;
}

export type Prepared = { kind: 'ready'; lock: NewLock } | { kind: Exclude<SetUpAnswer, 'done' | 'wrong'> };

/** Fetches or makes what a new lock of this kind is made of. */
export async function prepared(
  store: OfficerStore,
  officer: { id: string; username: string },
  kind: LockKind,
  secret: string,
  policy: LockPolicy,
): Promise<Prepared> {
  const none = { share_id: null, credential: null, policy };
  if (kind === 'passphrase') return { kind: 'ready', lock: { ...none, material: { kind, secret } } };
  if (kind === 'passkey') {
    const made = await newPasskey(officer.username);
    if (made.kind !== 'made') return { kind: made.kind };
    const { credential, prf } = made.value;
    return { kind: 'ready', lock: { ...none, credential, material: { kind, prf } } };
  }
  const heard = await hearShare(store, officer.id, null);
  if (heard !== 'heard') return { kind: heard === 'share_changed' ? 'refused' : heard };
  const share = await keptShare(store);
  if (!share) return { kind: 'refused' };
  return {
    kind: 'ready',
    lock: { ...none, share_id: share.id, material: { kind, secret, share: share.bytes } },
  };
}
