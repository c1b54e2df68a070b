/** PURE: what a kept form is about, told by its key: so that Today can lead back to every unfinished one. */

export type FormKind = 'dispute_new' | 'dispute_step' | 'new_door' | 'correct' | 'observe' | 'outreach';

export interface UnfinishedForm {
  key: string;
  kind: FormKind;
  /** Where it is written on. */
  address: string;
  /** The dispute or visit it is about; null for something new. */
  about: string | null;
}

/** Keys as the forms write them (data/save.ts, keepForm): `dispute:new…`, `dispute:<id>:<event>`, `premises:new`, `correct:<visit>`, `observe:<outing>`. */
export function unfinishedForm(key: string): UnfinishedForm | null {
  const [area, id = '', event] = key.split(':');
  if (area === 'premises') return { key, kind: 'new_door', address: '#/doors/new', about: null };
  if (area === 'observe' || area === 'outreach') return { key, kind: area, address: '#/outing', about: null };
  if (area === 'correct' && id) return { key, kind: 'correct', address: `#/visits/${id}/correct`, about: id };
  if (area !== 'dispute') return null;
  if (id === 'new') return { key, kind: 'dispute_new', address: '#/disputes/new', about: null };
  if (!event) return null;
  return { key, kind: 'dispute_step', address: `#/disputes/${id}/step/${event}`, about: id };
}
