/** SHELL: how tus-js-client reaches our server: signed like everything else, and not taken in by a captive portal. */
import type { HttpRequest, HttpResponse, HttpStack } from 'tus-js-client';
import { csrfToken, type Fetch } from './http';

/** No answer, or one that says nothing about the upload: a portal, a 5xx, a session that has ended. */
export class NoAnswer extends Error {
  readonly retry_after_s: number | null;

  constructor(retry_after_s: number | null = null) {
    super('no answer about the upload');
    this.retry_after_s = retry_after_s;
  }
}

const TIMEOUT_MS = 30_000;
/** 401, 403 and 429 are about the sender and pass; they say nothing about the file. */
const PASSING = [401, 403, 429];

function retryAfter_s(response: Response): number | null {
  const seconds = Number(response.headers.get('retry-after') ?? NaN);
  return Number.isFinite(seconds) ? seconds : null;
}

/**
 * Returns the answer, or throws `NoAnswer`. Without this, tus-js-client takes any failed question for "the upload is
 * gone" and sends the whole file again.
 */
async function answerOf(response: Response): Promise<HttpResponse> {
  const ours = response.headers.has('tus-resumable');
  if (!ours || response.status >= 500 || PASSING.includes(response.status))
    throw new NoAnswer(retryAfter_s(response));
  const body = await response.text();
  return {
    getStatus: () => response.status,
    getHeader: (name) => response.headers.get(name) ?? undefined,
    getBody: () => body,
    getUnderlyingObject: () => response,
  };
}

class TusRequest implements HttpRequest {
  readonly #headers = new Headers({ 'x-csrftoken': csrfToken() });
  readonly #stop = new AbortController();
  readonly #fetch: Fetch;
  readonly #method: string;
  readonly #url: string;

  constructor(fetch: Fetch, method: string, url: string) {
    this.#fetch = fetch;
    this.#method = method;
    this.#url = url;
  }

  getMethod = (): string => this.#method;
  getURL = (): string => this.#url;
  setHeader = (name: string, value: string): void => {
    this.#headers.set(name, value);
  };
  getHeader = (name: string): string | undefined => this.#headers.get(name) ?? undefined;
  setProgressHandler = (): void => undefined;
  getUnderlyingObject = (): null => null;
  abort = (): Promise<void> => {
    this.#stop.abort();
    return Promise.resolve();
  };

  async send(piece: Blob | null): Promise<HttpResponse> {
    // As bytes: the signature is over what is sent, and a blob of IndexedDB may be gone when fetch comes to read it.
    const body = piece && new Uint8Array(await piece.arrayBuffer());
    // A millisecond a byte on top: 8 kbit/s, the weakest mast that is still one.
    const patience = AbortSignal.timeout(TIMEOUT_MS + (body?.byteLength ?? 0));
    const init: RequestInit = {
      ...{ method: this.#method, headers: this.#headers, credentials: 'same-origin', redirect: 'manual' },
      ...{ cache: 'no-store', signal: AbortSignal.any([this.#stop.signal, patience]) },
      ...(body ? { body } : {}),
    };
    // The path alone: that is what is signed, and the session's cookie must go to this origin only.
    return answerOf(await this.#fetch(new URL(this.#url).pathname, init));
  }
}

export function tusStack(fetch: Fetch): HttpStack {
  return {
    createRequest: (method, url) => new TusRequest(fetch, method, url),
    getName: () => 'fetch of the app',
  };
}
