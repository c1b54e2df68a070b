/** SHELL: why a form could not be saved, in words. */
import { t } from './language.svelte';

/** A transaction that a full disk aborted carries the reason inside. */
export function saveFailure(error: unknown): string {
  const { name, inner, message } = error as { name?: string; inner?: { name?: string }; message?: string };
  const full = name === 'QuotaExceededError' || inner?.name === 'QuotaExceededError';
  return t('visit.save_failed', { reason: full ? t('visit.phone_full') : (message ?? String(error)) });
}
