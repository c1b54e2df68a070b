/** SHELL: builds src/sw/sw.ts after the app, with the list of built files to keep on the phone. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, type Plugin } from 'vite';

/** The map is 1.5 MB and useless without the network: it is fetched when a map is opened. */
const NOT_KEPT = [/^assets\/coverage_map-/, /^assets\/maplibre/, /\.map$/, /^sw\.js$/];
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
    },
  };
}
