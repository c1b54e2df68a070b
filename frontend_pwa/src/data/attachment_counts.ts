/** SHELL: how many photos and signatures of a record this phone has made, and how many the server has whole. */
import type { OfficerStore } from './officer_store';

export interface FileCount {
  made: number;
  stored: number;
}

/** By record; one without files is not in it. Files of a form that is still being written do not count. */
export async function attachmentsOf(
  store: OfficerStore,
  records: readonly string[],
): Promise<Map<string, FileCount>> {
  const counts = new Map<string, FileCount>();
  await store.attachments
    .where('record')
    .anyOf([...records])
    .each(({ record, state }) => {
      if (state === 'draft') return;
      const { made, stored } = counts.get(record) ?? { made: 0, stored: 0 };
      counts.set(record, { made: made + 1, stored: stored + (state === 'stored' ? 1 : 0) });
    });
  return counts;
}
