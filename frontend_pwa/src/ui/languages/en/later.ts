/** PURE: the texts in English that Today does without: they come with the first other screen. */
import { desk } from './desk';
import { imports } from './imports';
import { lock } from './lock';
import { map } from './map';

export const later = { ...desk, ...imports, ...lock, ...map };
