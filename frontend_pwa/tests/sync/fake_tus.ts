/** SHELL: a tus server in memory, with faults that a test can order; counts the bytes that came. */
import type { Fetch } from '../../src/sync/http';

interface Held {
  metadata: string;
  length: number;
  bytes: number[];
}

/** What happens to the next requests, in order; after them all goes well. */
export type Fault =
  | { kind: 'lost' }
  | { kind: 'cut_after'; bytes: number }
  | { kind: 'answer_lost' }
  | { kind: 'status'; status: number; code: string; ours?: boolean; headers?: Record<string, string> };

export class FakeTus {
  uploads = new Map<string, Held>();
  requests: string[] = [];
  /** Bytes of bodies that reached the server. */
  received_bytes = 0;
  faults: Fault[] = [];
  #count = 0;

  /** The files that are here whole, in the order of their creation. */
  whole(): number[][] {
    return [...this.uploads.values()]
      .filter((one) => one.bytes.length === one.length)
      .map((one) => one.bytes);
  }

  fetch: Fetch = (input, init = {}) => {
    const method = init.method ?? 'GET';
    this.requests.push(`${method} ${input}`);
    const body = (init.body ?? new Uint8Array()) as Uint8Array;
    const fault = this.faults.shift();
    if (fault?.kind === 'lost') return Promise.reject(new TypeError('network'));
    if (fault?.kind === 'status') return Promise.resolve(refusal(fault));
    const passed = fault?.kind === 'cut_after' ? body.slice(0, fault.bytes) : body;
    const answer = this.#answer(method, input, new Headers(init.headers), passed);
    return fault ? Promise.reject(new TypeError('network')) : Promise.resolve(answer);
  };

  #answer(method: string, path: string, headers: Headers, body: Uint8Array): Response {
    if (method === 'POST') {
      const address = `/api/v1/uploads/${String(++this.#count)}`;
      const length = Number(headers.get('upload-length'));
      this.uploads.set(address, { metadata: headers.get('upload-metadata') ?? '', length, bytes: [] });
      return ours(201, { location: address, 'upload-offset': '0' });
    }
    const held = this.uploads.get(path);
    if (!held) return ours(404, {});
    if (method === 'PATCH') {
      if (Number(headers.get('upload-offset')) !== held.bytes.length) return ours(409, {});
      held.bytes.push(...body);
      this.received_bytes += body.length;
    }
    const standing = { 'upload-offset': String(held.bytes.length), 'upload-length': String(held.length) };
    return ours(method === 'PATCH' ? 204 : 200, standing);
  }
}

function ours(status: number, headers: Record<string, string>): Response {
  return new Response(null, { status, headers: { 'tus-resumable': '1.0.0', ...headers } });
}

function refusal(fault: Extract<Fault, { kind: 'status' }>): Response {
  const headers = { ...(fault.ours === false ? {} : { 'tus-resumable': '1.0.0' }), ...fault.headers };
  return new Response(JSON.stringify({ code: fault.code }), { status: fault.status, headers });
}
