/** SHELL: the officer's own quick phrases, kept on this phone. */
import { fact, setFact, type OfficerStore } from './officer_store';

/** Undefined while the officer has changed nothing: then the catalogue's are shown. */
export async function ownPhrases(store: OfficerStore, list: string): Promise<string[] | undefined> {
  return (await fact(store, 'phrases'))?.[list];
}

/** `phrases` null: back to those of the catalogue. */
export async function keepPhrases(
  store: OfficerStore,
  list: string,
  phrases: readonly string[] | null,
): Promise<void> {
  await store.transaction('rw', store.facts, async () => {
    const all = (await fact(store, 'phrases')) ?? {};
    const others = Object.fromEntries(Object.entries(all).filter(([name]) => name !== list));
    await setFact(store, 'phrases', phrases === null ? others : { ...others, [list]: [...phrases] });
  });
}
