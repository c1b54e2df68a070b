/**
 * PURE: the model ring's time and turns (work of H7). Real sync engines over real stores (fake-indexeddb) of two to four
 * phones talk to a model server through a faulty network; time is virtual and every turn is drawn from one seed.
 */
export const MODEL_RING = 'model';
