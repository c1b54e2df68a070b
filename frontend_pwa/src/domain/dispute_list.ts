/** PURE: the list of disputes: whose, in which state, found by which words, under which heading. */
import { dayOf } from './dates';
import { byUrgency, isOpen, sectionOf, SECTIONS, type Section } from './deadlines';
import type { SeenDispute } from './dispute_case';
import { folded } from './search';
import type { DisputeState } from './words';

export type Whose = 'mine' | 'unit';
export type StateChoice = 'any' | 'open' | DisputeState;

export const STATE_CHOICES: readonly StateChoice[] = [
  ...(['any', 'open', 'found', 'registered', 'assigned', 'mediating'] as const),
  ...(['resolved', 'transferred', 'failed', 'followed_up', 'closed'] as const),
];

export interface ListChoice {
  whose: Whose;
  state: StateChoice;
  query: string;
}

export interface ListContext {
  officer: string;
  today_on: string;
  zone: string;
  /** What a dispute can be found by, in the language of the screen. */
  wordsOf: (dispute: SeenDispute) => string;
}

export interface ListSection {
  section: Section;
  disputes: SeenDispute[];
}

/** An officer answers for what was assigned to them, and for what they found until somebody is assigned. */
export function isOf(dispute: SeenDispute, officer: string): boolean {
  return (dispute.assignee ?? dispute.author) === officer;
}

function inState(dispute: SeenDispute, state: StateChoice): boolean {
  return state === 'any' || (state === 'open' ? isOpen(dispute) : dispute.state === state);
}

function chosen(disputes: readonly SeenDispute[], choice: ListChoice, context: ListContext): SeenDispute[] {
  const words = choice.query.split(/\s+/).map(folded).filter(Boolean);
  return disputes.filter((dispute) => {
    if (choice.whose === 'mine' && !isOf(dispute, context.officer)) return false;
    if (!inState(dispute, choice.state)) return false;
    if (words.length === 0) return true;
    const text = folded(context.wordsOf(dispute));
    return words.every((word) => text.includes(word));
  });
}

/** The headings that hold something, most pressing first. */
export function listed(
  disputes: readonly SeenDispute[],
  choice: ListChoice,
  context: ListContext,
): ListSection[] {
  const rows = chosen(disputes, choice, context).sort(byUrgency);
  const sections = new Map<Section, SeenDispute[]>(SECTIONS.map((section) => [section, []]));
  for (const dispute of rows) {
    const opened_on = dayOf(Date.parse(dispute.opened_at), context.zone);
    sections.get(sectionOf(dispute, opened_on, context.today_on))?.push(dispute);
  }
  return [...sections]
    .filter(([, inIt]) => inIt.length > 0)
    .map(([section, inIt]) => ({ section, disputes: inIt }));
}
