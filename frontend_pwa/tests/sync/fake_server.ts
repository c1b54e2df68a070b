/** SHELL: a server of the contract in memory, with faults that a test can order. */
import type { Change } from '../../src/domain/records';
import type { Mutation, OutcomeRow } from '../../src/domain/mutations';
import type { Fetch } from '../../src/sync/http';

export type Fault =
  'no_network' | 'lost_answer' | '503' | 'html' | '401' | 'too_large' | 'unknown_device' | 'hangs';

const json = (body: unknown, status = 200, type = 'application/json'): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': type } });
const problem = (status: number, code: string): Response =>
  json({ status, code }, status, 'application/problem+json');
const never = (signal: AbortSignal | null | undefined): Promise<Response> =>
  new Promise((_, reject) => {
    signal?.addEventListener('abort', () => {
      reject(new DOMException('aborted', 'AbortError'));
    });
  });

export class FakeServer {
  readonly stored = new Map<string, { mutation: Mutation; n: number }>();
  readonly quarantine = new Set<string>();
  /** Faults of the next pushes, first to last; then all is well. */
  faults: Fault[] = [];
  feed: Change[] = [];
  epoch = 'e';
  pushes = 0;
  parallel = 0;
  mostParallel = 0;
  /** What was asked, in order: push, pull, enrol, offer, digest. */
  asked: string[] = [];
  made_total = 0;
  /** Ids that are refused as not valid, and ids that the server cannot take now. */
  invalid = new Set<string>();
  busyFor = new Set<string>();
  /** A batch that holds this id is answered 400 as a whole. */
  spoils: string | null = null;
  pageRows = 2;
  enrolment: () => Response = () => json({ unit: 's1' }, 201);
  /** What the digest route answers; null: the server has moved on. */
  digest: unknown = null;
  /** The page of the feed with this number (from 0) is a reset to this epoch. */
  resetAt: { page: number; epoch: string } | null = null;
  #pages = 0;

  readonly fetch: Fetch = async (input, init) => {
    const what = /\/(push|pull|enrol|offer|digest)\b/.exec(input)?.[1] ?? input;
    this.asked.push(what);
    if (what === 'pull') return this.#pull(input);
    if (what === 'enrol') return this.enrolment();
    if (what === 'digest') return json(this.digest ?? { cursor_is_current: false, types: {} });
    if (what === 'offer')
      return this.#offer(JSON.parse(init?.body as string) as { items: [string, string][] });
    this.pushes += 1;
    if (this.faults[0] === 'hangs') {
      this.faults.shift();
      return never(init?.signal);
    }
    this.parallel += 1;
    this.mostParallel = Math.max(this.mostParallel, this.parallel);
    await Promise.resolve();
    const answer = this.#push(
      JSON.parse(init?.body as string) as { mutations: Mutation[]; made_total: number },
    );
    this.parallel -= 1;
    if (answer instanceof Error) throw answer;
    return answer;
  };

  /** Another database takes over that holds nothing. */
  restoreEmpty(epoch: string): void {
    this.stored.clear();
    this.feed = [];
    this.epoch = epoch;
    this.resetAt = { page: this.#pages, epoch };
  }

  #push(body: { mutations: Mutation[]; made_total: number }): Response | Error {
    const fault = this.faults.shift();
    this.made_total = body.made_total;
    if (fault === 'no_network') return new TypeError('Failed to fetch');
    if (fault === '503') return problem(503, 'service_unavailable');
    if (fault === '401') return problem(401, 'not_authenticated');
    if (fault === 'unknown_device') return problem(401, 'signature_invalid');
    if (fault === 'too_large') return problem(413, 'batch_too_large');
    if (fault === 'html')
      return new Response('<html>Sign in to this Wi-Fi</html>', { headers: { 'content-type': 'text/html' } });
    if (body.mutations.some((mutation) => mutation.id === this.spoils)) return problem(400, 'malformed_body');
    const outcomes = body.mutations.map((mutation) => this.#store(mutation));
    return fault === 'lost_answer' ? new TypeError('Failed to fetch') : json({ outcomes });
  }

  #store(mutation: Mutation): OutcomeRow {
    const { id } = mutation;
    if (this.busyFor.has(id)) return { id, outcome: 'retry', receipt: null, problem: null };
    if (this.invalid.has(id)) {
      this.quarantine.add(id);
      const why = { type: '', title: '', status: 422, detail: '', code: 'payload_invalid' };
      return { id, outcome: 'quarantined', receipt: null, problem: why };
    }
    const known = this.stored.get(id);
    const n = known?.n ?? this.stored.size + 1;
    this.stored.set(id, { mutation, n });
    const receipt = { unit: 's1', n, received_at: '2026-11-22T08:00:00Z', sha256: mutation.payload_sha256 };
    return { id, outcome: known ? 'duplicate' : 'applied', receipt, problem: null };
  }

  #offer(body: { items: [string, string][] }): Response {
    const has = (id: string, sha256: string): boolean =>
      this.stored.get(id)?.mutation.payload_sha256 === sha256;
    return json({ missing: body.items.filter(([id, sha256]) => !has(id, sha256)).map(([id]) => id) });
  }

  #pull(input: string): Response {
    const page = this.#pages;
    this.#pages += 1;
    const { epoch } = this;
    if (this.resetAt?.page === page)
      return json({ epoch, changes: [], cursor: '0', has_more: true, reset: true });
    const cursor = Number(new URL(input, 'http://x').searchParams.get('cursor') ?? 0);
    const changes = this.feed.slice(cursor, cursor + this.pageRows);
    const next = cursor + changes.length;
    return json({ epoch, changes, cursor: String(next), has_more: next < this.feed.length, reset: false });
  }
}
