/** SHELL: builds src/sw/sw.ts after the app, with the list of built files to keep on the phone. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, type Plugin } from 'vite';
import { compressBelow } from './compressed.ts';

/**
 * The code of maps is kept as well, 1.7 MB (0.4 MB as it travels): an officer in a cellar needs the field map most.
 * It stays out of the first chunk; the browser fetches it after the app stands.
 */
const NOT_KEPT = [/\.map$/, /\.(br|gz)$/, /^sw\.js$/];
const HASHED = /^assets\/.+-[\w-]{8}\.\w+$/;

interface PrecacheEntry {
  url: string;
  revision: string | null;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function precacheEntries(outDir: string): PrecacheEntry[] {
  return filesBelow(outDir)
    .map((path) => ({ path, url: relative(outDir, path).replaceAll('\\', '/') }))
    .filter(({ url }) => !NOT_KEPT.some((pattern) => pattern.test(url)))
    .map(({ path, url }) => ({
      url: `/${url}`,
      revision: HASHED.test(url)
        ? null
        : createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16),
    }))
    .sort((a, b) => a.url.localeCompare(b.url));
}

export function serviceWorker(): Plugin {
  let outDir = 'dist';
  return {
    name: 'xunfang-service-worker',
    apply: 'build',
    configResolved(config) {
      outDir = config.build.outDir;
    },
    async closeBundle() {
      await build({
        configFile: false,
        publicDir: false,
        logLevel: 'warn',
        define: {
          __PRECACHE__: JSON.stringify(precacheEntries(outDir)),
          'process.env.NODE_ENV': JSON.stringify('production'),
        },
        build: {
          outDir,
          emptyOutDir: false,
          target: 'es2022',
          rollupOptions: { input: 'src/sw/sw.ts', output: { entryFileNames: 'sw.js', format: 'iife' } },
        },
      });
      compressBelow(outDir);
    },
  };
}
