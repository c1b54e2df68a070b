/** SHELL: signatures under an agreement. Each picture says whose it is and when, so that it stands for itself anywhere. */
import type { AttachmentRow } from '../domain/attachments';
import type { Signer } from '../domain/dispute_step';
import { fileOf } from './files';
import type { OfficerStore } from './officer_store';
import { keepGrowing } from './written_files';

const CAPTION_PX = 44;
const FONT_PX = 26;

/** The signature with its caption below it, dark on white. */
async function captioned(signature: Blob, caption: string): Promise<Blob> {
  const drawn = await createImageBitmap(signature);
  const canvas = document.createElement('canvas');
  canvas.width = drawn.width;
  canvas.height = drawn.height + CAPTION_PX;
  const pen = canvas.getContext('2d');
  if (!pen) return signature;
  pen.fillStyle = '#ffffff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(drawn, 0, 0);
  pen.fillStyle = '#10182b';
  pen.font = `${String(FONT_PX)}px system-ui, sans-serif`;
  pen.fillText(caption, 12, canvas.height - 14, canvas.width - 24);
  const picture = await new Promise<Blob | null>((take) => {
    canvas.toBlob(take, 'image/png');
  });
  return picture ?? signature;
}

/** A row knows whose signature it is on the phone it was written on; elsewhere the caption says it. */
type SignatureRow = AttachmentRow & { signer?: Signer };

interface Signing {
  record: string;
  signer: Signer;
  caption: string;
  /** What was kept before the last stroke. */
  before: string | null;
}

/** Keeps a signature as it is after a stroke; returns the id it has now. */
export async function keepSignature(
  store: OfficerStore,
  signature: Blob,
  { record, signer, caption, before }: Signing,
  ports: { now_ms: number; newId: () => string },
): Promise<string> {
  const blob = await captioned(signature, caption);
  const id = await keepGrowing(
    store,
    record,
    { kind: 'signature', media_type: 'image/png', blob },
    before,
    ports,
  );
  await store.attachments.update(id, { signer } as Partial<AttachmentRow>);
  return id;
}

export interface KeptSignature {
  id: string;
  signer: Signer | null;
  picture: Blob;
}

/** The signatures of a step that are on this phone, in the order in which they were given. */
export async function signaturesOf(store: OfficerStore, record: string): Promise<KeptSignature[]> {
  const rows = (await store.attachments.where({ record }).toArray()) as SignatureRow[];
  const signed = rows.filter((row) => row.kind === 'signature').sort((a, b) => a.made_at_ms - b.made_at_ms);
  const kept = signed.map(async (row) => {
    const picture = await fileOf(row).catch(() => null);
    return picture ? [{ id: row.id, signer: row.signer ?? null, picture }] : [];
  });
  return (await Promise.all(kept)).flat();
}
