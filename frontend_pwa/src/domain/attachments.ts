/** PURE: photos and sounds on the phone: which one goes next, and what an answer to it means. */
import type { AttachmentMutation, OutboxRow, Unnumbered } from './mutations';
import type { AttachmentKind } from './payloads';

export interface AttachmentRow {
  id: string;
  /** The visit, dispute or step it belongs to. */
  record: string;
  /** The `attachment.declare` that announces it, once the record is saved: it goes first. */
  mutation: string;
  kind: AttachmentKind;
  media_type: string;
  sha256: string;
  size_bytes: number;
  /** Null when it is no longer needed here. */
  blob: Blob | null;
  /** With the lock on `blob` is encrypted under this key; the same key sealed to the server lies beside it. */
  file_key?: number[];
  sealed_key?: string;
  /**
   * draft: its record is not saved yet. waiting: not whole on the server. stored: whole there. attention: the server
   * will not have it.
   */
  state: 'draft' | 'waiting' | 'stored' | 'attention';
  made_at_ms: number;
  /** Where on the server it is going: after a reload it goes on there. */
  upload_url: string | null;
  stored_at_ms: number | null;
  /** The server's epoch in which it was stored: a restored server may have lost it. */
  stored_epoch: string | null;
  /** How often the server got other bytes than were announced; a file that is broken here never ends. */
  altered: number;
  problem: string | null;
}

/** A row without its bytes, for choosing and for lists. */
export type AttachmentView = Omit<AttachmentRow, 'blob' | 'file_key' | 'sealed_key'>;

export function viewOf(row: AttachmentRow): AttachmentView {
  const view: Partial<AttachmentRow> & AttachmentView = { ...row };
  delete view.blob;
  delete view.file_key;
  delete view.sealed_key;
  return view;
}

export interface NewAttachment {
  kind: AttachmentKind;
  media_type: string;
  blob: Blob;
}

/** How an attempt to send one ended. */
export type UploadResult =
  | { kind: 'whole' }
  /** The network or the server: the same again later, from where it stands. */
  | { kind: 'broken_off' }
  /** The server has forgotten the upload: from the beginning. */
  | { kind: 'forgotten' }
  /** The server got other bytes than were announced: from the beginning, but not for ever. */
  | { kind: 'altered' }
  | { kind: 'refused'; code: string };

/** A photo whose unsaved record is gone. A day, because another tab may be writing that record. */
export const KEEP_DRAFT_MS = 86_400_000;
export const MAX_ALTERED = 5;
/** What the phone still keeps of a file that has arrived: as long as of a record, for a server that is restored. */
export const KEEP_STORED_MS = 7 * 86_400_000;

/**
 * The next one to send: the smallest that is not whole on the server and whose announcement is out. Stored ones count as
 * not whole when the server's epoch has changed since: asking where they stand costs one request.
 */
export function nextUpload(
  rows: readonly AttachmentView[],
  announcing: ReadonlySet<string>,
  epoch: string | null,
  later: ReadonlySet<string>,
): AttachmentView | null {
  const candidates = rows.filter(
    (row) =>
      !announcing.has(row.mutation) &&
      !later.has(row.id) &&
      (row.state === 'waiting' || (row.state === 'stored' && epoch !== null && row.stored_epoch !== epoch)),
  );
  const [first] = candidates.sort((a, b) => a.size_bytes - b.size_bytes || a.made_at_ms - b.made_at_ms);
  return first ?? null;
}

/** Announcements that have not left the phone. One that a lead holds has left: its photo goes to the server too. */
export function announcing(outbox: readonly OutboxRow[]): Set<string> {
  return new Set(outbox.filter((row) => row.state === 'waiting').map((row) => row.id));
}

export function afterUpload(
  row: AttachmentView,
  result: UploadResult,
  epoch: string | null,
  now_ms: number,
): Partial<AttachmentRow> {
  switch (result.kind) {
    case 'whole':
      return { state: 'stored', stored_at_ms: now_ms, stored_epoch: epoch, problem: null };
    case 'forgotten':
      return { state: 'waiting', upload_url: null };
    case 'altered': {
      const given_up = row.altered + 1 >= MAX_ALTERED;
      const change: Partial<AttachmentRow> = { upload_url: null, altered: row.altered + 1 };
      return given_up
        ? { ...change, state: 'attention', problem: 'upload_altered' }
        : { ...change, state: 'waiting' };
    }
    case 'refused':
      return { state: 'attention', problem: result.code };
    case 'broken_off':
      // A stored one that is only looked after (epoch) stays so until the server has said that it is gone.
      return row.state === 'stored' ? {} : { state: 'waiting' };
  }
}

/** "2 of 3 photos": of one record, on this phone. */
export function countOf(rows: readonly AttachmentView[], record: string): { stored: number; made: number } {
  const of_record = rows.filter((row) => row.record === record && row.state !== 'draft');
  return { stored: of_record.filter((row) => row.state === 'stored').length, made: of_record.length };
}

/** The announcement of an attachment, not yet numbered. */
export function declaration(
  row: Pick<AttachmentRow, 'id' | 'record' | 'mutation' | 'kind' | 'media_type' | 'sha256' | 'size_bytes'>,
  recorded_at: string,
): Unnumbered<AttachmentMutation> {
  const { record, kind, media_type, sha256, size_bytes } = row;
  return {
    ...{ id: row.mutation, kind: 'attachment.declare', record_id: row.id, recorded_at },
    payload: { record, kind, media_type, sha256, size_bytes },
  };
}

/** A file that the server holds and shows, at its address there. */
export interface ArrivedFile {
  id: string;
  kind: AttachmentKind;
  address: string;
}

/** Asks the server which files of a record it holds; null without an answer. */
export type ArrivedFiles = (record: string) => Promise<ArrivedFile[] | null>;
