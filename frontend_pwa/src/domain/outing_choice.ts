/** PURE: what an outing starts with when the officer chooses nothing: as last time, and for the plan that is due. */
import type { OutingChoice, OutingState } from './outing';
import { dayOf, partOf } from './dates';
import type { Me, PlanOfDay } from './records';

const FIRST: OutingChoice = { kind: 'street', mode: 'foot', officers: [], plan: null };

/** The server names every running plan; what was done is not asked for before it is due again. */
export function duePlans(plans: readonly PlanOfDay[], today_on: string): PlanOfDay[] {
  return plans.filter((plan) => plan.due_on <= today_on);
}

/** The first plan that is due and that an outing at this time of the day answers. */
function planFor(
  { plans, deployment: { zone } }: Pick<Me, 'plans' | 'deployment'>,
  now_ms: number,
): string | null {
  const part = partOf(now_ms, zone);
  const due = duePlans(plans ?? [], dayOf(now_ms, zone));
  return due.find((plan) => plan.part === '' || plan.part === part)?.id ?? null;
}

/** Partners who have left the unit meanwhile are not on it; a plan is not done by an outreach session. */
export function choiceToStart(
  last: OutingState | null,
  me: Pick<Me, 'colleagues' | 'plans' | 'officer' | 'deployment'>,
  now_ms: number,
): OutingChoice {
  const plan = planFor(me, now_ms);
  if (last === null) return { ...FIRST, plan };
  const here = new Set(me.colleagues.map((one) => one.id).filter((id) => id !== me.officer.id));
  return {
    kind: last.kind,
    mode: last.legs[0]?.mode ?? FIRST.mode,
    officers: last.officers.filter((id) => here.has(id)),
    plan: last.kind === 'outreach' ? null : plan,
  };
}
