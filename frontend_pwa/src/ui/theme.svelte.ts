/** SHELL: light or dark: as the system says, unless the officer chose. */
import type { Theme } from '../domain/choropleth';

export type ThemeChoice = 'system' | 'light' | 'dark';
const systemDark = matchMedia('(prefers-color-scheme: dark)');

class CurrentTheme {
  value = $state<Theme>('light');
}
const current = new CurrentTheme();
let choice: ThemeChoice = 'system';

export const theme = (): Theme => current.value;

export function applyTheme(chosen: ThemeChoice): void {
  choice = chosen;
  current.value = chosen === 'system' ? (systemDark.matches ? 'dark' : 'light') : chosen;
  document.documentElement.dataset['theme'] = current.value;
  document
    .querySelector('meta[name="theme-color"]')
    ?.setAttribute('content', current.value === 'dark' ? '#0d1420' : '#123a7c');
}

systemDark.addEventListener('change', () => {
  applyTheme(choice);
});
