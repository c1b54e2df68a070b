/** PURE: the period of a coverage figure, as the contract writes it in the address. */
import { isDay } from './dates';

export type WindowChoice = '7d' | '30d' | '90d' | 'campaign' | 'custom';

export function isWindow(text: string): boolean {
  const [from, to, rest] = text.split('..');
  if (/^(7d|30d|90d)$/.test(text) || /^campaign:[\w-]+$/.test(text)) return true;
  return rest === undefined && isDay(from ?? '') && isDay(to ?? '') && (from ?? '') <= (to ?? '');
}

export function windowChoice(window: string): WindowChoice {
  if (window.startsWith('campaign:')) return 'campaign';
  return window.includes('..') ? 'custom' : (window as WindowChoice);
}
