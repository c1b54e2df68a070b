/** PURE: what an outing starts with when the officer chooses nothing: as last time, and for the plan that is due. */
import type { OutingChoice, OutingState } from './outing';
import type { Me } from './records';

const FIRST: OutingChoice = { kind: 'street', mode: 'foot', officers: [], plan: null };

/** Partners who have left the unit meanwhile are not on it; a plan is not done by an outreach session. */
export function choiceToStart(
  last: OutingState | null,
  me: Pick<Me, 'colleagues' | 'plans' | 'officer'>,
): OutingChoice {
  const plan = me.plans?.[0]?.id ?? null;
  if (last === null) return { ...FIRST, plan };
  const here = new Set(me.colleagues.map((one) => one.id).filter((id) => id !== me.officer.id));
  return {
    kind: last.kind,
    mode: last.legs[0]?.mode ?? FIRST.mode,
    officers: last.officers.filter((id) => here.has(id)),
    plan: last.kind === 'outreach' ? null : plan,
  };
}
