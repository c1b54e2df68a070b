/** SHELL: a database as the first released version left it, with records that had not been sent. */
import Dexie from 'dexie';
import type { OutboxRow } from '../../../src/domain/mutations';
import type { Phone } from './phone';
import { aRecord } from './records';
import { sha256OfPayload } from './seal';

function rowOf(phone: Phone, seq: number): OutboxRow {
  const { ledger, server } = phone.world;
  const id = ledger.newId(`m${String(phone.index)}-`);
  const unit = server.accounts.get(phone.officer)?.unit ?? 's1';
  const recorded_at = new Date(phone.now_ms()).toISOString();
  const made = aRecord({ sort: 'visit', id, unit, door: 0, recorded_at });
  const payload_sha256 = sha256OfPayload(made.payload);
  ledger.saved.set(id, { id, sha256: payload_sha256, phone: phone.index });
  const times = { saved_at_ms: phone.now_ms(), held_until_ms: phone.now_ms() };
  const mutation = { ...made, seq, payload_sha256 } as OutboxRow['mutation'];
  return { id, seq, mutation, ...times, state: 'waiting', answer: null };
}

export async function makeOldStore(phone: Phone): Promise<void> {
  const old = new Dexie(phone.database);
  old.version(1).stores({
    ...{ facts: 'key', outbox: 'id, seq', sent: 'id, sent_at_ms', drafts: 'premises', doors: 'area' },
    ...{ visits: 'id, occurred_at', disputes: 'id', dispute_events: 'id, dispute' },
  });
  await old.open();
  const rows = Array.from({ length: phone.plan.old_records }, (_, n) => rowOf(phone, n + 1));
  await old.table('outbox').bulkAdd(rows);
  const device = phone.world.ledger.newId(`dev${String(phone.index)}-`);
  const facts = { device, seq: rows.length, made_total: rows.length };
  await old.table('facts').bulkPut(Object.entries(facts).map(([key, value]) => ({ key, value })));
  old.close();
}
