/** PURE: the texts in Chinese that Today does without: they come with the first other screen. */
import { coverage } from './coverage';
import { desk } from './desk';
import { imports } from './imports';
import { lock } from './lock';
import { map } from './map';

export const later = { ...coverage, ...desk, ...imports, ...lock, ...map };
