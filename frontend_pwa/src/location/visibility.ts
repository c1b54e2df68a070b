/** SHELL: whether the page is seen. A browser gives a hidden page no position, so each hiding ends the recording. */

export interface VisibilityEvents {
  onHidden: () => void;
  onShown: () => void;
}

export const isHidden = (): boolean => document.visibilityState === 'hidden';

/** Returns how to stop listening. Each change is told once, whichever of the browser's events says it. */
export function followVisibility({ onHidden, onShown }: VisibilityEvents): () => void {
  let hidden = isHidden();
  const tell = (now: boolean): void => {
    if (now === hidden) return;
    hidden = now;
    if (now) onHidden();
    else onShown();
  };
  const changed = (): void => tell(isHidden());
  // A page put away whole (back-forward cache, freeze) may never hear of its visibility.
  const away = (): void => tell(true);
  document.addEventListener('visibilitychange', changed);
  document.addEventListener('freeze', away);
  document.addEventListener('resume', changed);
  addEventListener('pagehide', away);
  addEventListener('pageshow', changed);
  return () => {
    document.removeEventListener('visibilitychange', changed);
    document.removeEventListener('freeze', away);
    document.removeEventListener('resume', changed);
    removeEventListener('pagehide', away);
    removeEventListener('pageshow', changed);
  };
}
