/** PURE: doors kept as one page a township: 50,000 rows written one by one take a phone 10 s, pages under one. */
import type { Change, Premises } from './records';

export interface DoorPage {
  area: string;
  doors: Premises[];
}

export type DoorPages = ReadonlyMap<string, DoorPage>;
type DoorChange = Extract<Change, { type: 'premises' }>;

export function isDoorChange(change: Change): change is DoorChange {
  return change.type === 'premises';
}

function areaHolding(pages: DoorPages, ids: ReadonlySet<string>): Map<string, string> {
  const held = new Map<string, string>();
  for (const page of pages.values()) {
    for (const door of page.doors) if (ids.has(door.id)) held.set(door.id, page.area);
  }
  return held;
}

/**
 * The pages that differ after the changes (an emptied page is returned with no doors). Doors that did not
 * change keep their identity; a put with an older version than the one held is ignored, but for `older_counts`: then
 * the server may have been restored to an older state.
 */
export function applyDoorChanges(
  pages: DoorPages,
  changes: readonly DoorChange[],
  older_counts = false,
): DoorPage[] {
  const last = new Map(changes.map((change) => [change.id, change]));
  const held = areaHolding(pages, new Set(last.keys()));
  const touched = new Map<string, Map<string, Premises>>();
  const page = (area: string): Map<string, Premises> => {
    const open = touched.get(area) ?? new Map((pages.get(area)?.doors ?? []).map((door) => [door.id, door]));
    touched.set(area, open);
    return open;
  };
  for (const change of last.values()) {
    const area = held.get(change.id);
    const old = area === undefined ? undefined : page(area).get(change.id);
    const row = change.op === 'put' ? change.record : null;
    if (row && old && old.version > row.version && !older_counts) continue;
    if (area !== undefined && area !== row?.area) page(area).delete(change.id);
    if (row) page(row.area).set(row.id, row);
  }
  return [...touched].map(([area, doors]) => ({ area, doors: [...doors.values()] }));
}
