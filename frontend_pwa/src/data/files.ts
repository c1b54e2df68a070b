/**
 * SHELL: the bytes of photos and sounds on the disk. IndexedDB's transactions cannot wait for a Blob, so each file is
 * encrypted before, under a key of its own that lies in its (encrypted) row and, sealed to the server, beside it.
 */
import type { AttachmentRow } from '../domain/attachments';
import type { OfficerStore } from './officer_store';
import { sealForServer } from './sealing';

const ENCRYPTED = 'application/x-xunfang-encrypted';
const IV_BYTES = 12;

export type FileParts = Pick<AttachmentRow, 'blob' | 'file_key' | 'sealed_key'>;

function aesKey(raw: Uint8Array<ArrayBuffer>, use: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', raw, 'AES-GCM', false, [use]);
}

/** Which file it is: its bytes put into the row of another do not open. */
function cipherOf(id: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(`attachments\0${id}`) };
}

/** The file as its row keeps it: as it is while no lock is open. */
export async function fileForDisk(store: OfficerStore, id: string, file: Blob): Promise<FileParts> {
  const { writes, seals } = store.keyring;
  if (!writes) return { blob: file };
  const key = crypto.getRandomValues(new Uint8Array(32));
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const plain = await file.arrayBuffer();
  const sealed = await crypto.subtle.encrypt(cipherOf(id, iv), await aesKey(key, 'encrypt'), plain);
  const purpose = { info: 'xunfang/attachment/1', aad: id } as const;
  const sealed_key = seals && (await sealForServer(seals.key, purpose, key).catch(() => null));
  return {
    blob: new Blob([iv, sealed], { type: ENCRYPTED }),
    file_key: Array.from(key),
    ...(sealed_key === null ? {} : { sealed_key }),
  };
}

export function isEncryptedFile(file: Blob): boolean {
  return file.type === ENCRYPTED;
}

/** The file itself; null when it is no longer here. */
export async function fileOf(row: AttachmentRow): Promise<Blob | null> {
  if (!row.blob || !isEncryptedFile(row.blob)) return row.blob;
  const bytes = new Uint8Array(await row.blob.arrayBuffer());
  const cipher = cipherOf(row.id, bytes.slice(0, IV_BYTES));
  const key = await aesKey(Uint8Array.from(row.file_key ?? []), 'decrypt');
  const plain = await crypto.subtle.decrypt(cipher, key, bytes.subarray(IV_BYTES));
  return new Blob([plain], { type: row.media_type });
}
