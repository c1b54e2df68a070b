/** PURE: work that is asked for from many sides. */

/**
 * Returns the call that asks for `work`: it never runs twice at once, and an asking that falls into a run is answered by
 * another one. A network that comes back while a hopeless try still ends is not missed.
 * What `work` throws ends its run only: whoever needs to know catches it himself.
 */
export function oneAtATime(work: () => Promise<void>): () => void {
  let running = false;
  let asked = false;
  const run = async (): Promise<void> => {
    running = true;
    while (asked) {
      asked = false;
      await work().catch(() => undefined);
    }
    running = false;
  };
  return () => {
    asked = true;
    if (!running) void run();
  };
}
