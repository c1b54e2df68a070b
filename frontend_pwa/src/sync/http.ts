/** SHELL: asking the server, and telling an answer of ours from everything else a network may say. */
import type { Problem } from '../domain/mutations';
import type { Failure } from './machine_types';

export type Fetch = (input: string, init?: RequestInit) => Promise<Response>;
export type Answer =
  { ok: true; status: number; body: unknown } | { ok: false; failure: Failure; problem: Problem | null };

/** A request that says nothing for so long is over: the next try may find a better mast. */
const TIMEOUT_MS = 30_000;
/** What is sent gets a millisecond a byte on top: 8 kbit/s, the weakest mast that is still one. */
const MAX_TIMEOUT_MS = 120_000;

function timeoutFor_ms(body: BodyInit | null | undefined): number {
  return Math.min(
    MAX_TIMEOUT_MS,
    TIMEOUT_MS + (typeof body === 'string' ? new TextEncoder().encode(body).length : 0),
  );
}

export function csrfToken(): string {
  return /(?:^|;\s*)csrftoken=([^;]+)/.exec(globalThis.document?.cookie ?? '')?.[1] ?? '';
}

function isJson(response: Response): boolean {
  return /^application\/(\w+\+)?json\b/.test(response.headers.get('content-type') ?? '');
}

function emptyProblem(status: number): Problem {
  return { type: 'about:blank', title: '', status, detail: '', code: `http_${String(status)}` };
}

/** The code of the problem in an answer, which stays unread for whoever asked; empty where there is none. */
export async function codeOf(response: Response): Promise<string> {
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  return (body as { code?: string } | null)?.code ?? '';
}

async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null);
  const known = typeof body === 'object' && body !== null ? (body as Partial<Problem>) : {};
  return { ...emptyProblem(response.status), ...known };
}

function retryAfter_s(response: Response): number | null {
  const seconds = Number(response.headers.get('retry-after') ?? NaN);
  return Number.isFinite(seconds) ? seconds : null;
}

/** A page of a captive portal, a proxy's error page or a redirect: whatever it is, it is not our server. */
const NO_NETWORK: Answer = { ok: false, failure: { kind: 'no_network' }, problem: null };

/** 401 says that a session is needed, or that the device's signature does not hold: two different troubles. */
function unknownSender(problem: Problem): Failure {
  if (problem.code.startsWith('signature_')) return { kind: 'refused', code: problem.code };
  return { kind: 'signed_out' };
}

async function failureOf(response: Response): Promise<Answer> {
  const { status } = response;
  if (status >= 500 || status === 429) {
    return { ok: false, failure: { kind: 'busy', retry_after_s: retryAfter_s(response) }, problem: null };
  }
  if (!isJson(response)) return NO_NETWORK;
  const problem = await problemOf(response);
  if (status === 401) return { ok: false, failure: unknownSender(problem), problem };
  // Altered on its way: the next copy may come through.
  if (problem.code === 'digest_mismatch') return { ok: false, failure: { kind: 'no_network' }, problem };
  if (status === 400 || status === 413)
    return { ok: false, failure: { kind: 'indigestible', problem }, problem };
  return { ok: false, failure: { kind: 'refused', code: problem.code }, problem };
}

/** Never throws: every way a request can end is an answer. A signal of the caller's own replaces the time limit. */
export async function ask(fetch: Fetch, path: string, init: RequestInit = {}): Promise<Answer> {
  const headers = new Headers(init.headers);
  headers.set('accept', 'application/json');
  // Rules and notes come as words: in the language of the screen.
  const language = globalThis.document?.documentElement.lang;
  if (language) headers.set('accept-language', language);
  if (init.body && !headers.has('content-type')) headers.set('content-type', 'application/json');
  if (init.method && init.method !== 'GET') headers.set('x-csrftoken', csrfToken());
  const signal = init.signal ?? AbortSignal.timeout(timeoutFor_ms(init.body));
  try {
    const response = await fetch(path, {
      ...init,
      headers,
      credentials: 'same-origin',
      redirect: 'manual',
      signal,
    });
    if (!response.ok) return await failureOf(response);
    if (!isJson(response)) return NO_NETWORK;
    return { ok: true, status: response.status, body: (await response.json()) as unknown };
  } catch {
    return signal.aborted
      ? { ok: false, failure: { kind: 'no_network', slow: true }, problem: null }
      : NO_NETWORK;
  }
}
