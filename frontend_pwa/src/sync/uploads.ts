/** SHELL: sends photos and sounds after their records: one at a time, the smallest first, each from where it stands. */
import type { Upload as TusUpload, UploadOptions } from 'tus-js-client';
import {
  announceForgotten,
  attachmentBlob,
  changeAttachment,
  dropOldAttachments,
  uploadView,
} from '../data/attachments';
import type { OfficerStore } from '../data/officer_store';
import {
  afterUpload,
  announcing,
  nextUpload,
  type AttachmentView,
  type UploadResult,
} from '../domain/attachments';
import type { Locks } from './engine';
import type { Fetch } from './http';
import { waitAfter_ms } from './machine';
import { oneAtATime } from './one_at_a_time';
import { NoAnswer, tusStack } from './tus_stack';

const ADDRESS = '/api/v1/uploads/';
/** Small requests: each gets its own patience, and the server's places for photos change hands often. */
const CHUNK_BYTES = 64 * 1024;

export interface UploadPorts {
  store: OfficerStore;
  fetch: Fetch;
  locks: Locks;
  /** Where the server is; paths alone are sent. */
  origin: string;
  now_ms: () => number;
  random: () => number;
  after: (delay_ms: number, call: () => void) => () => void;
  /** True while the network is up and no record waits: records go first. */
  mayUpload: () => boolean;
  /** A row has changed: "2 of 3 photos" may be "3 of 3" now. */
  onChanged: () => void;
}

export class UploadQueue {
  readonly #ports: UploadPorts;
  readonly #go: () => void;
  #stopped = false;
  #failures = 0;
  #retry_after_s: number | null = null;
  #cancelTimer: () => void = () => undefined;
  #sending: TusUpload | null = null;
  /** Tried without success: the others come first, so that one bad file holds nobody up. */
  readonly #later = new Set<string>();

  constructor(ports: UploadPorts) {
    this.#ports = ports;
    this.#go = oneAtATime(() => ports.locks.exclusively(() => this.#round()));
  }

  /** Looks whether something is to be sent; call it whenever a round of sync has ended well. */
  wake(): void {
    if (!this.#stopped && this.#ports.mayUpload()) this.#go();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
    void this.#sending?.abort();
  }

  async #round(): Promise<void> {
    this.#cancelTimer();
    await announceForgotten(this.#ports.store, this.#ports.now_ms());
    await dropOldAttachments(this.#ports.store, this.#ports.now_ms());
    while (!this.#stopped && this.#ports.mayUpload()) {
      const { rows, outbox, epoch } = await uploadView(this.#ports.store);
      const row = this.#choose(rows, announcing(outbox), epoch);
      if (!row) return;
      const result = await this.#send(row);
      await changeAttachment(
        this.#ports.store,
        row.id,
        afterUpload(row, result, epoch, this.#ports.now_ms()),
      );
      this.#ports.onChanged();
      if (result.kind !== 'whole' && result.kind !== 'refused') {
        this.#later.add(row.id);
        this.#wait();
        return;
      }
      this.#failures = 0;
    }
  }

  #choose(rows: AttachmentView[], waiting: Set<string>, epoch: string | null): AttachmentView | null {
    const row = nextUpload(rows, waiting, epoch, this.#later);
    if (row || this.#later.size === 0) return row;
    this.#later.clear();
    return nextUpload(rows, waiting, epoch, this.#later);
  }

  #wait(): void {
    this.#failures += 1;
    const delay_ms = waitAfter_ms(this.#failures, this.#ports.random(), this.#retry_after_s);
    this.#cancelTimer = this.#ports.after(delay_ms, () => {
      this.wake();
    });
  }

  /** Never throws: every way an upload can end is a result. */
  async #send(row: AttachmentView): Promise<UploadResult> {
    this.#retry_after_s = null;
    const blob = await attachmentBlob(this.#ports.store, row.id);
    if (!blob) return { kind: 'refused', code: 'attachment_lost' };
    try {
      const { Upload } = await import('tus-js-client');
      return await new Promise((resolve) => {
        const upload = new Upload(blob, {
          ...this.#options(row, blob),
          onSuccess: () => {
            resolve({ kind: 'whole' });
          },
          onError: (error) => {
            resolve(this.#resultOf(error));
          },
          onUploadUrlAvailable: () => {
            const upload_url = upload.url === null ? null : new URL(upload.url).pathname;
            if (upload_url !== row.upload_url)
              void changeAttachment(this.#ports.store, row.id, { upload_url });
          },
        });
        this.#sending = upload;
        upload.start();
      });
    } catch {
      return { kind: 'broken_off' };
    } finally {
      this.#sending = null;
    }
  }

  #options(row: AttachmentView, blob: Blob): UploadOptions {
    const { origin, fetch } = this.#ports;
    return {
      endpoint: origin + ADDRESS,
      uploadUrl: row.upload_url === null ? null : origin + row.upload_url,
      metadata: { attachment: row.id, sha256: row.sha256 },
      chunkSize: CHUNK_BYTES,
      // Waiting between tries is ours: only when the network is up and records are out.
      retryDelays: null,
      storeFingerprintForResuming: false,
      fingerprint: () => Promise.resolve(row.id),
      httpStack: tusStack(fetch),
      fileReader: { openFile: () => Promise.resolve(sourceOf(blob)) },
    };
  }

  #resultOf(error: Error): UploadResult {
    const { causingError, originalResponse } = error as Error & {
      causingError?: Error;
      originalResponse?: { getStatus: () => number; getBody: () => string } | null;
    };
    if (causingError instanceof NoAnswer) this.#retry_after_s = causingError.retry_after_s;
    return originalResponse
      ? resultOf(originalResponse.getStatus(), codeIn(originalResponse.getBody()))
      : { kind: 'broken_off' };
  }
}

type Source = Awaited<ReturnType<NonNullable<UploadOptions['fileReader']>['openFile']>>;

function sourceOf(blob: Blob): Source {
  return {
    size: blob.size,
    slice: (start, end) => Promise.resolve({ value: blob.slice(start, end), done: end >= blob.size }),
    close: () => undefined,
  };
}

function codeIn(body: string): string {
  try {
    return (JSON.parse(body) as { code?: string }).code ?? '';
  } catch {
    return '';
  }
}

function resultOf(status: number, code: string): UploadResult {
  if (status === 404 || status === 410) return { kind: 'forgotten' };
  if (code === 'upload_altered') return { kind: 'altered' };
  // The request was altered on its way, or another connection was faster: the next one asks where it stands.
  if (code === 'digest_mismatch' || code === 'upload_checksum_wrong') return { kind: 'broken_off' };
  if (status === 409 || status === 423) return { kind: 'broken_off' };
  return { kind: 'refused', code: code || `http_${String(status)}` };
}
