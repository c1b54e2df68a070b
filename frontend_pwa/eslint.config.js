import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/** Which folders of src/ a folder may import: the direction is main → ui, sync → data → domain. */
const MAY_IMPORT = {
  domain: [],
  data: ['domain'],
  location: ['domain'],
  map: ['domain'],
  sync: ['data', 'domain'],
  ui: ['data', 'domain', 'location', 'map', 'sync/status'],
  sw: [],
};
const FOLDERS = Object.keys(MAY_IMPORT);

function directionRule(folder) {
  const allowed = [folder, ...MAY_IMPORT[folder]];
  const message = `src/${folder} may import only ${allowed.join(', ')}`;
  const refused = FOLDERS.filter((name) => !allowed.includes(name) && name !== 'sync').map(
    (name) => `/${name}/`,
  );
  if (!allowed.includes('sync'))
    refused.push(allowed.includes('sync/status') ? '/sync/(?!status)' : '/sync/');
  const pattern = `^\\..*(${refused.join('|')}|/main(\\.ts)?$)`;
  return {
    files: [`src/${folder}/**/*.ts`, `src/${folder}/**/*.svelte`],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ regex: pattern, message }] }],
      ...(folder === 'domain' ? { 'no-restricted-globals': ['error', ...BROWSER] } : {}),
      'no-restricted-syntax': [
        'error',
        { selector: `ImportExpression[source.value=/${pattern.replaceAll('/', '\\/')}/]`, message },
        ...(folder === 'domain' ? IMPURE : []),
      ],
    },
  };
}

const BROWSER = [
  'fetch',
  'indexedDB',
  'localStorage',
  'navigator',
  'window',
  'document',
  'crypto',
  'location',
].map((name) => ({ name, message: 'domain is pure: no browser in here' }));
const IMPURE = [
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: 'domain is pure: take the time as a parameter',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'domain is pure: take the time as a parameter',
  },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'domain is pure: take randomness as a parameter',
  },
];

export default ts.config(
  { ignores: ['dist', 'node_modules'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    // every link is a hash route: there is no server base path to resolve
    // values in $state.raw are replaced, never changed in place: 50,000 doors must not be proxied
    rules: {
      'svelte/no-navigation-without-resolve': 'off',
      'svelte/prefer-svelte-reactivity': 'off',
      'prefer-const': 'off',
    },
  },
  { files: ['src/ui/languages/**/*.ts'], rules: { 'max-lines': 'off' } },
  ...FOLDERS.map(directionRule),
  { files: ['src/sw/**'], languageOptions: { globals: globals.serviceworker } },
  {
    files: ['vite.config.ts', 'eslint.config.js', 'build/**', 'tests/**'],
    languageOptions: { globals: globals.node },
  },
);
