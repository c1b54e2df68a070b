/** SHELL: one sender among the tabs of this browser. */
import type { Locks } from './sync/engine_ports';

/** Web Locks exist only on https and localhost; elsewhere the server's unique constraint is the only guard. */
export function webLocks(name: string): Locks {
  return {
    exclusively: async (work) => {
      if (!('locks' in navigator)) return work();
      await navigator.locks.request(name, work);
    },
  };
}
