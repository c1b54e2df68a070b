/** SHELL: the files of one kind of the record that is being written, each with an address the screen can show. */
import { dropAttachment } from '../data/attachments';
import type { OfficerStore } from '../data/officer_store';
import { draftFiles } from '../data/written_files';
import type { AttachmentKind } from '../domain/payloads';

export class ShownFiles {
  rows = $state.raw<{ id: string; address: string }[]>([]);

  constructor(
    private readonly store: OfficerStore,
    private readonly record: string,
    private readonly kind: AttachmentKind,
  ) {}

  /** Read the files anew; an address holds its file in memory until it is released. */
  async show(): Promise<void> {
    const found = await draftFiles(this.store, this.record, this.kind);
    this.release();
    this.rows = found.flatMap(({ id, blob }) => (blob ? [{ id, address: URL.createObjectURL(blob) }] : []));
  }

  async drop(id: string): Promise<void> {
    await dropAttachment(this.store, id);
    await this.show();
  }

  release(): void {
    for (const { address } of this.rows) URL.revokeObjectURL(address);
  }
}
