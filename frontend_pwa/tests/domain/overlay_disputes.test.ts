import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agreementOf, caseOf, followUpKept, lastOfColleague } from '../../src/domain/dispute_case';
import { fold, FOUND, step } from '../../src/domain/dispute_states';
import type { Mutation } from '../../src/domain/mutations';
import { overlayDisputes, workedDisputes } from '../../src/domain/overlay_disputes';
import type { DisputeEventRecord } from '../../src/domain/records';
import type { DisputeEventKind } from '../../src/domain/words';
import { aDispute, aMe, anEvent, anEventMutation, aPartyMutation, anOpening } from '../builders';

const me = aMe({ colleagues: [{ id: 'lead', name: '乙', badge_number: '2' }] });
const work = (pending: Mutation[], unsent = pending.map((mutation) => mutation.id)) => ({
  ...{ pending, unsent: new Set(unsent), me },
});
const AGREED = { form: 'oral', terms: '三日内修好' } as const;

describe('a dispute opened on the phone', () => {
  test('appears as found, with the default deadlines', () => {
    const [dispute] = overlayDisputes([], [], work([anOpening('d9', '2026-11-22T17:00:00Z')]));
    // 17:00 UTC is already the 23rd in the city.
    expect(dispute).toMatchObject({
      ...{ id: 'd9', state: 'found', assign_due_on: '2026-11-26', resolve_due_on: '2026-12-23' },
    });
  });
  test('is taken on before the server has heard of it', () => {
    const steps = [anEventMutation(2, 'd9', 'registered'), anEventMutation(3, 'd9', 'session_held')];
    const [dispute] = overlayDisputes([], [], work([anOpening('d9'), ...steps]));
    expect(dispute).toMatchObject({ id: 'd9', state: 'mediating', overtaken: 0 });
  });
  test('stands once while both its row and its record are known', () => {
    const rows = overlayDisputes([aDispute({ id: 'd9' })], [], work([anOpening('d9')]));
    expect(rows).toHaveLength(1);
  });
});

describe('own steps over the server’s', () => {
  test('resolving sets the follow-up thirty days later, before the server says it', () => {
    const pending = [anEventMutation(1, 'd1', 'resolved', { agreement: AGREED })];
    const { dispute } = caseOf(aDispute({ state: 'mediating' }), [], work(pending));
    expect(dispute).toMatchObject({ state: 'resolved', follow_up_due_on: '2026-12-22' });
  });
  test('an agreement of the server’s steps lets the own resolution fit', () => {
    const signed = anEvent(2, 'agreement_signed', { agreement: AGREED });
    const row = aDispute({ state: 'mediating' });
    const view = caseOf(
      row,
      [signed, anEvent(1, 'registered')],
      work([anEventMutation(1, 'd1', 'resolved')]),
    );
    expect(view.dispute.state).toBe('resolved');
    expect(agreementOf(view)?.agreement).toEqual(AGREED);
  });
  test('assigning names the colleague', () => {
    const pending = [anEventMutation(1, 'd1', 'assigned', { assignee: 'lead' })];
    expect(caseOf(aDispute(), [], work(pending)).dispute).toMatchObject({
      assignee: 'lead',
      assignee_name: '乙',
    });
  });
  test('reopening takes the follow-up away', () => {
    const row = aDispute({ state: 'resolved', follow_up_due_on: '2026-12-20' });
    const view = caseOf(row, [], work([anEventMutation(1, 'd1', 'reopened')]));
    expect(view.dispute).toMatchObject({ state: 'mediating', follow_up_due_on: null });
  });
  test('a step that the feed has shown is not laid over it again', () => {
    const own = anEventMutation(1, 'd1', 'registered');
    const row = aDispute({ state: 'registered' });
    const { steps, dispute } = caseOf(row, [anEvent(1, 'registered', { id: own.record_id })], work([own]));
    expect(steps.map(({ pending }) => pending)).toEqual([false]);
    expect(dispute.overtaken).toBe(0);
  });
  test('a colleague who was faster makes the own step a misfit, and is named', () => {
    const row = aDispute({ state: 'failed' });
    const events = [anEvent(1, 'registered'), anEvent(2, 'failed', { author: 'lead', author_name: '乙' })];
    const view = caseOf(row, events, work([anEventMutation(1, 'd1', 'session_held')]));
    expect(view.dispute).toMatchObject({ state: 'failed', overtaken: 1 });
    expect(view.steps.at(-1)).toMatchObject({ pending: true, misfit: 'state', met: 'failed' });
    expect(lastOfColleague(view, me)?.author_name).toBe('乙');
  });
  test('a step that the server did not allow says what it met', () => {
    const events = [anEvent(1, 'registered'), anEvent(2, 'resolved', { allowed: false })];
    const { steps } = caseOf(aDispute({ state: 'registered' }), events, work([]));
    expect(steps[1]).toMatchObject({ misfit: 'no_agreement', met: 'registered' });
  });
});

describe('the agreement that counts', () => {
  const registered = anEvent(1, 'registered');
  const signed = anEvent(2, 'agreement_signed', { agreement: AGREED });
  test('is that of the round that runs', () => {
    const events = [registered, signed, anEvent(3, 'resolved'), anEvent(4, 'reopened')];
    expect(agreementOf(caseOf(aDispute({ state: 'mediating' }), events, work([])))).toBeNull();
  });
  test('is its last correction', () => {
    const corrected = { form: 'written', terms: '五日内修好' } as const;
    const mended = anEvent(3, 'corrected', { corrects: signed.id, agreement: corrected });
    const view = caseOf(aDispute({ state: 'mediating' }), [registered, signed, mended], work([]));
    expect(agreementOf(view)).toMatchObject({ made: { id: signed.id }, agreement: corrected });
  });
});

describe('what the last follow-up found', () => {
  const agreed = [anEvent(1, 'agreement_signed', { agreement: AGREED }), anEvent(2, 'resolved')];
  const broken = anEvent(3, 'follow_up', { follow_up: 'not_kept' });
  const found = (...more: DisputeEventRecord[]) =>
    followUpKept(
      caseOf(aDispute({ state: 'followed_up' }), [anEvent(0, 'registered'), ...agreed, ...more], work([])),
    );
  test('is nothing before one was made, and what it said after it', () => {
    expect([found(), found(broken), found(anEvent(3, 'follow_up', { follow_up: 'no_answer' }))]).toEqual([
      null,
      false,
      null,
    ]);
  });
  test('is its correction, and nothing again once the case is reopened', () => {
    expect(found(broken, anEvent(4, 'corrected', { corrects: broken.id, follow_up: 'kept' }))).toBe(true);
    expect(found(broken, anEvent(4, 'reopened'))).toBeNull();
  });
});

describe('parties', () => {
  const before = {
    id: 'p1',
    role: 'side_a',
    name_masked: '张**',
    phone_masked: '',
    has_contact: true,
  } as const;
  test('added on this phone stand beside the feed’s', () => {
    const { dispute } = caseOf(aDispute({ parties: [before] }), [], work([aPartyMutation(1, 'd1', 'p2')]));
    expect(dispute.parties.map(({ id }) => id)).toEqual(['p1', 'p2']);
  });
  test('written anew count until their receipt, then the feed’s word counts', () => {
    const own = aPartyMutation(1, 'd1', 'p1', '李*');
    const names = (unsent: string[]) =>
      caseOf(aDispute({ parties: [before] }), [], work([own], unsent)).dispute.parties.map(
        (p) => p.name_masked,
      );
    expect(names([own.id])).toEqual(['李*']);
    expect(names([])).toEqual(['张**']);
  });
});

const KINDS: DisputeEventKind[] = [
  ...(['registered', 'assigned', 'session_held', 'agreement_signed', 'resolved', 'transferred'] as const),
  ...(['failed', 'follow_up', 'reopened', 'closed', 'corrected'] as const),
];
/** What the server makes of a history: every step with its number and its verdict, and the row they lead to. */
function onServer(kinds: readonly DisputeEventKind[]) {
  let at = FOUND;
  const events = kinds.map((event, index): DisputeEventRecord => {
    const agreement = event === 'agreement_signed' ? AGREED : null;
    const { after, misfit } = step(at, { event, has_agreement: agreement !== null });
    at = after;
    return anEvent(index + 1, event, { agreement, allowed: misfit === null, author: 'lead' });
  });
  return { events, row: aDispute({ state: at.state }) };
}

test('two phones that have got the same steps in any order of arrival show one case', () => {
  const histories = fc
    .array(fc.constantFrom(...KINDS), { maxLength: 12 })
    .chain((kinds) =>
      fc.tuple(fc.constant(kinds), fc.shuffledSubarray([...kinds.keys()], { minLength: kinds.length })),
    );
  fc.assert(
    fc.property(histories, ([kinds, arrival]) => {
      const { events, row } = onServer(kinds);
      const arrived = arrival.flatMap((index) => events[index] ?? []);
      expect(caseOf(row, arrived, work([]))).toEqual(caseOf(row, events, work([])));
    }),
  );
});
test('an own step shows the state that the server will fold it to when nobody comes in between', () => {
  const kinds = fc.array(fc.constantFrom(...KINDS), { maxLength: 10 });
  fc.assert(
    fc.property(kinds, kinds, (theirs, own) => {
      const { events, row } = onServer(theirs);
      const made = own.map((event, index) =>
        anEventMutation(index + 1, 'd1', event, { agreement: event === 'agreement_signed' ? AGREED : null }),
      );
      const seen = caseOf(row, events, work(made));
      const all = [...theirs, ...own].map((event) => ({
        event,
        has_agreement: event === 'agreement_signed',
      }));
      expect(seen.at).toEqual(fold(all));
      expect(seen.dispute.state).toBe(fold(all).state);
    }),
  );
});

test('the disputes a phone has worked in are those of its steps and parties', () => {
  const made = [anEventMutation(1, 'd1', 'registered'), aPartyMutation(2, 'd2', 'p1'), anOpening('d3')];
  expect([...workedDisputes(made)]).toEqual(['d1', 'd2']);
});
