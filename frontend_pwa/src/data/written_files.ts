/** SHELL: files of a form that grow while they are made: a signature stroke by stroke, a voice note second by second. */
import type { AttachmentKind } from '../domain/payloads';
import type { AttachmentRow, NewAttachment } from '../domain/attachments';
import { draftAttachments, dropAttachment, keepAttachment } from './attachments';
import type { OfficerStore } from './officer_store';

/**
 * Keeps the file as it is now in place of what was kept of it before (`before`; null for its first state). The new one
 * is there before the old one goes: a crash between leaves both, never neither. Returns the id it has now.
 */
export async function keepGrowing(
  store: OfficerStore,
  record: string,
  made: NewAttachment,
  before: string | null,
  ports: { now_ms: number; newId: () => string },
): Promise<string> {
  const ids: string[] = [];
  const noted = (): string => {
    const id = ports.newId();
    ids.push(id);
    return id;
  };
  await keepAttachment(store, record, made, ports.now_ms, noted);
  if (before !== null) await dropAttachment(store, before);
  // keepAttachment names the file first and its announcement second
  return ids[0] ?? '';
}

/** The files of one kind that belong to the record being written. */
export async function draftFiles(
  store: OfficerStore,
  record: string,
  kind: AttachmentKind,
): Promise<AttachmentRow[]> {
  return (await draftAttachments(store, record)).filter((row) => row.kind === kind);
}
