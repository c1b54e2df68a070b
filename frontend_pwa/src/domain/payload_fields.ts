/** PURE: a payload as a person reads and mends it: a flat list of named values, and a payload with one of them changed. */
import { ADVICE_KINDS, DISPUTE_CATEGORIES, HAZARD_KINDS, OUTCOMES, RISKS, type NoPlaceReason } from './words';

type Step = string | number;
export type Leaf = string | number | boolean | null;

export interface PayloadField {
  /** As the server names it in an error: `hazards.0.kind`. */
  path: string;
  /** The last name in the path: what the label is chosen by. */
  name: string;
  /** Which of several alike, from 1; null where there is only one. */
  nth: number | null;
  value: Leaf;
  /** The server objects to this one. */
  refused: boolean;
}

const isGroup = (value: unknown): value is Record<string, unknown> | unknown[] =>
  typeof value === 'object' && value !== null;

function leaves(value: unknown, steps: Step[]): { steps: Step[]; value: Leaf }[] {
  if (!isGroup(value)) return [{ steps, value: value as Leaf }];
  const entries: [Step, unknown][] = Array.isArray(value)
    ? value.map((item, index) => [index, item])
    : Object.entries(value);
  return entries.flatMap(([step, item]) => leaves(item, [...steps, step]));
}

function fieldOf(steps: readonly Step[], value: Leaf, refused: readonly string[]): PayloadField {
  const path = steps.join('.');
  const name = [...steps].reverse().find((step): step is string => typeof step === 'string') ?? path;
  const index = steps.find((step): step is number => typeof step === 'number');
  const objected = refused.some(
    (one) => path === one || path.startsWith(`${one}.`) || one.startsWith(`${path}.`),
  );
  return { path, name, nth: index === undefined ? null : index + 1, value, refused: objected };
}

/** The path of an error inside the payload: the server may put the member of a union before it (`new.lon`). */
function pathInside(payload: Record<string, unknown>, path: string): string {
  const [first = '', ...rest] = path.split('.');
  return first in payload || rest.length === 0 ? path : rest.join('.');
}

/** Every value of a payload; those the server objects to first, also when they are missing. */
export function payloadFields(
  payload: Record<string, unknown>,
  refusedPaths: readonly string[],
): PayloadField[] {
  const refused = refusedPaths.filter((path) => path !== '').map((path) => pathInside(payload, path));
  const found = leaves(payload, []).map(({ steps, value }) => fieldOf(steps, value, refused));
  const missing = refused
    .filter((path) => !found.some((field) => field.path === path || field.path.startsWith(`${path}.`)))
    .map((path) => fieldOf(path.split('.').map(stepOf), null, refused));
  const all = [...missing, ...found];
  return [...all.filter((field) => field.refused), ...all.filter((field) => !field.refused)];
}

const stepOf = (part: string): Step => (/^\d+$/.test(part) ? Number(part) : part);

function changed(value: unknown, steps: readonly Step[], leaf: Leaf): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return leaf;
  if (Array.isArray(value) || (value == null && typeof step === 'number')) {
    const items = [...((value as unknown[] | undefined) ?? [])];
    items[Number(step)] = changed(items[Number(step)], rest, leaf);
    return items;
  }
  const members = isGroup(value) ? (value as Record<string, unknown>) : {};
  return { ...members, [step]: changed(members[step], rest, leaf) };
}

/** The payload with one value changed; the given one is not touched. */
export function withField(
  payload: Record<string, unknown>,
  path: string,
  leaf: Leaf,
): Record<string, unknown> {
  return changed(payload, path.split('.').map(stepOf), leaf) as Record<string, unknown>;
}

const NO_PLACE: readonly NoPlaceReason[] = ['denied', 'unavailable', 'timeout', 'not_asked'];

/** The words a value may have, where the contract lists them; null where it may be anything. */
export function choicesOf(kind: string, path: string): { prefix: string; values: readonly string[] } | null {
  const shape = path.replace(/\.\d+/g, '');
  if (shape === 'outcome') return { prefix: 'outcome', values: OUTCOMES };
  if (shape === 'hazards.kind') return { prefix: 'hazard', values: HAZARD_KINDS };
  if (shape === 'advice') return { prefix: 'advice', values: ADVICE_KINDS };
  if (shape === 'risk') return { prefix: 'risk', values: RISKS };
  if (shape === 'no_place_reason') return { prefix: 'no_place', values: NO_PLACE };
  if (shape === 'source') return { prefix: 'source', values: ['visit', 'patrol', 'walk_in', 'referral'] };
  if (shape === 'category' && kind === 'dispute.open')
    return { prefix: 'category', values: DISPUTE_CATEGORIES };
  if (shape === 'kind' && kind === 'premises.propose')
    return { prefix: 'kind', values: ['household', 'enterprise'] };
  return null;
}

/** What was typed, as the kind of value that stood there: a number stays a number, an emptied one is nothing. */
export function typedLeaf(typed: string, before: Leaf): Leaf {
  if (typeof before === 'string') return typed;
  if (typed.trim() === '') return null;
  const amount = Number(typed);
  return typeof before === 'number' && Number.isFinite(amount) ? amount : typed;
}

/** A payload typed as JSON; null when it is none. */
export function parsedPayload(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isGroup(value) && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
