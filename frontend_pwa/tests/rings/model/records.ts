/** PURE: the records officers save in the ring. */
import type { NewMutation } from '../../../src/domain/mutations';
import type { RecordSort } from './history';

interface Wanted {
  sort: RecordSort;
  id: string;
  unit: string;
  door: number;
  recorded_at: string;
}

export function aRecord({ sort, id, unit, door, recorded_at }: Wanted): NewMutation {
  const place = sort === 'foreign_door' ? (unit === 's1' ? 's2' : 's1') : unit;
  const premises = `door-${place}-${String(door)}`;
  const record = { id, record_id: `r-${id}`, recorded_at };
  if (sort === 'dispute') {
    const parties = [
      { id: `p-${id}`, role: 'side_a' as const, name_masked: '', phone_masked: '', sealed: '' },
    ];
    const words = {
      category: 'neighbour',
      summary: `吵闹 ${id}`,
      place_text: '',
      source: 'visit',
      risk: 'low',
    } as const;
    const payload = { ...words, premises, place: null, visit: null, parties };
    return { ...record, kind: 'dispute.open', payload };
  }
  const notes: Partial<Record<RecordSort, string>> = {
    ...{ invalid: 'invalid', breaks: 'breaks', spoils: 'spoils', long: '长'.repeat(700) },
  };
  return {
    ...{ ...record, kind: 'visit.record' },
    payload: {
      ...{ premises, outcome: 'met', officers: [], place: null, no_place_reason: 'not_asked', hazards: [] },
      ...{ advice: [], help_asked: '', note: notes[sort] ?? id, campaign: null },
      disputes: sort === 'names_other' ? ['r-of-nobody'] : [],
    },
  };
}
