/** SHELL: a private file system in memory, with the rule that counts: a file exists when its writer was closed. */

class FakeFile {
  content: Blob | null = null;
  readonly #full: () => boolean;
  constructor(full: () => boolean) {
    this.#full = full;
  }
  getFile(): Promise<File> {
    if (!this.content) return Promise.reject(new DOMException('', 'NotFoundError'));
    return Promise.resolve(new File([this.content], 'part'));
  }
  createWritable(): Promise<{ write: (bytes: BlobPart) => Promise<void>; close: () => Promise<void> }> {
    let written: BlobPart[] = [];
    return Promise.resolve({
      write: (bytes) => {
        if (this.#full()) return Promise.reject(new DOMException('', 'QuotaExceededError'));
        written = [...written, bytes];
        return Promise.resolve();
      },
      close: () => {
        this.content = new Blob(written);
        return Promise.resolve();
      },
    });
  }
}

export class FakeFolder {
  readonly entries = new Map<string, FakeFile | FakeFolder>();
  readonly disk: { full: boolean };
  constructor(disk = { full: false }) {
    this.disk = disk;
  }
  async *keys(): AsyncGenerator<string> {
    await Promise.resolve();
    yield* [...this.entries.keys()];
  }
  #get<T>(name: string, make: (() => T) | null): Promise<T> {
    const there = this.entries.get(name) as T | undefined;
    if (there) return Promise.resolve(there);
    if (!make) return Promise.reject(new DOMException('', 'NotFoundError'));
    const made = make();
    this.entries.set(name, made as FakeFile);
    return Promise.resolve(made);
  }
  getFileHandle(name: string, { create = false } = {}): Promise<FakeFile> {
    return this.#get(name, create ? () => new FakeFile(() => this.disk.full) : null);
  }
  getDirectoryHandle(name: string, { create = false } = {}): Promise<FakeFolder> {
    return this.#get(name, create ? () => new FakeFolder(this.disk) : null);
  }
  removeEntry(name: string): Promise<void> {
    return this.entries.delete(name)
      ? Promise.resolve()
      : Promise.reject(new DOMException('', 'NotFoundError'));
  }
}
