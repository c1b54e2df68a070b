/** PURE: the words around the help pages in English; the pages themselves are in help_pages.ts. */
import type { help as zh } from '../zh/help';

export const help = {
  'help.title': 'Help',
  'help.open': 'Help for this screen',
  'help.of': 'Help: {screen}',
  'help.for': 'What it is for',
  'help.marks': 'What you see',
  'help.wrong': 'When something is wrong',
  'help.all': 'All help pages',
  'help.index': 'The “?” at the top of each screen opens its help. It works without a network.',
} satisfies Record<keyof typeof zh, string>;
