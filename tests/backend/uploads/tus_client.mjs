// The stock client tus-js-client sends one file to a server: node tus_client.mjs '{"endpoint": …}'.
// Prints {"url", "resumed", "retries"}; the parameters are those of a test.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { library, endpoint, uploadUrl, file, metadata, headers, stopAfter } = JSON.parse(process.argv[2]);
const tus = createRequire(library)('tus-js-client');
let retries = 0;

const upload = new tus.Upload(readFileSync(file), {
  endpoint,
  uploadUrl,
  metadata,
  headers,
  retryDelays: Array.from({ length: 20 }, () => 200),
  onShouldRetry: () => (retries += 1) > 0,
  onProgress: (sent) => {
    if (stopAfter && sent >= stopAfter) void upload.abort().then(() => done({ aborted: true }));
  },
  onError: (error) => {
    console.error(String(error));
    process.exit(1);
  },
  onSuccess: () => done({}),
});

function done(more) {
  console.log(JSON.stringify({ url: upload.url, retries, ...more }));
  process.exit(0);
}

upload.start();
