/** SHELL: sends what deleted databases have left sealed on this phone, from the start of the app on, whoever is signed in. */
import { LeftBehind, leftOfficers, takeAnswers, type LeftFacts } from './data/left_behind';
import { now_ms, ownFetch } from './own_fetch';
import { signedBy } from './signed_by';
import { oneAtATime } from './sync/one_at_a_time';
import { sendSealed } from './sync/sealed_sender';
import { signOut, whoAmI } from './sync/session';
import { signerOf } from './sync/signing';
import { webLocks } from './web_locks';

const EVERY_MS = 30_000;

/** Nobody who finds the phone may read with the session that was open: it ends as soon as the server hears of it. */
async function endSession(box: LeftBehind, facts: LeftFacts): Promise<void> {
  const who = await whoAmI(ownFetch);
  if (who.kind === 'no_network' || who.kind === 'busy') return;
  if (who.kind === 'signed_in' && who.me.officer.id === facts.officer) {
    if ((await signOut(ownFetch)) !== 'signed_out') return;
  }
  await box.facts.update('facts', { end_session: false });
}

async function send(box: LeftBehind, facts: LeftFacts): Promise<void> {
  const row = await box.keys.get('device');
  if (!row) return;
  const { device, made_total, officer } = facts;
  const source = {
    ...{ device, made_total },
    // What waited for its officer's next sign-in is offered again after it: it is applied then.
    waiting: async () =>
      (await box.rows.orderBy('seq').toArray()).filter(
        ({ answer }) => answer === null || (facts.adopted && answer === 'session_ended'),
      ),
    answered: (answers: Parameters<typeof takeAnswers>[1]) => takeAnswers(box, answers),
  };
  await sendSealed(source, signedBy(signerOf(row), device, officer), now_ms, __APP_VERSION__);
}

async function round(officer: string): Promise<void> {
  const box = new LeftBehind(officer);
  try {
    const facts = await box.facts.get('facts');
    if (!facts) return;
    // Records first: with the session that is still there they are applied, without it a lead has to release them.
    await send(box, facts);
    if (facts.end_session) await endSession(box, facts);
    const empty = (await box.rows.count()) === 0;
    if (facts.adopted && empty) await box.delete();
  } finally {
    box.close();
  }
}

async function rounds(): Promise<void> {
  for (const officer of await leftOfficers()) await round(officer);
}

export function startLeftSenders(): void {
  const locks = webLocks('xunfang_left');
  const wake = oneAtATime(() => locks.exclusively(rounds));
  setInterval(wake, EVERY_MS);
  addEventListener('online', wake);
  addEventListener('xunfang:left', wake);
  wake();
}
