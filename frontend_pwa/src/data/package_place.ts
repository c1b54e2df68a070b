/** SHELL: where map files lie on this phone: a folder an officer in the browser's private file system (OPFS). */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { isFacts, type KeptPackage, type PackageFacts } from '../domain/map_package';

/**
 * A file is kept in parts of about this size. Each is written whole or not at all, so a browser that is killed loses at most
 * one; and nothing is ever copied, because the parts together are read as one file.
 */
export const PART_BYTES = 256 * 1024;
const MAPS = 'maps';
/** Written last: with it a package is complete and its hash was checked. */
const FACTS = 'facts.json';
const DECLINED = 'declined';

/** As much of a directory of the private file system as is used here. */
type Folder = FileSystemDirectoryHandle & { keys(): AsyncIterable<string> };

async function root(): Promise<Folder | null> {
  try {
    const folder = (await navigator.storage.getDirectory()) as Folder;
    return 'createWritable' in FileSystemFileHandle.prototype ? folder : null;
  } catch {
    return null; // no such place in this browser, in a private window or without https
  }
}

/** Null where this browser has no place for files. */
export async function packagePlace(officer: string): Promise<PackagePlace | null> {
  const top = await root();
  if (!top) return null;
  const maps = await top.getDirectoryHandle(MAPS, { create: true });
  return new PackagePlace((await maps.getDirectoryHandle(officer, { create: true })) as Folder);
}

/** After sign-out or revocation nothing of the map stays. */
export async function forgetPackages(officer: string): Promise<void> {
  const top = await root();
  try {
    const maps = await top?.getDirectoryHandle(MAPS);
    await maps?.removeEntry(officer, { recursive: true });
  } catch {
    // there was none
  }
}

async function names(folder: Folder): Promise<string[]> {
  const found: string[] = [];
  for await (const name of folder.keys()) found.push(name);
  return found.sort();
}

async function write(folder: Folder, name: string, content: FileSystemWriteChunkType): Promise<void> {
  const file = await folder.getFileHandle(name, { create: true });
  const writer = await file.createWritable();
  await writer.write(content);
  await writer.close(); // only now does the file exist with this content
}

const isPart = (name: string): boolean => /^\d{6}$/.test(name);

export class PackagePlace {
  readonly #folder: Folder;

  constructor(folder: Folder) {
    this.#folder = folder;
  }

  /** The newest complete package; null without one. */
  async kept(): Promise<KeptPackage | null> {
    const found: KeptPackage[] = [];
    for (const version of await names(this.#folder)) {
      const facts = await this.#facts(version);
      const file = facts && (await this.#whole(version));
      if (facts && file?.size === facts.size_bytes) found.push({ facts, file });
    }
    found.sort((a, b) => Date.parse(b.facts.built_at) - Date.parse(a.facts.built_at));
    return found[0] ?? null;
  }

  async #facts(version: string): Promise<PackageFacts | null> {
    try {
      const folder = await this.#folder.getDirectoryHandle(version);
      const file = await (await folder.getFileHandle(FACTS)).getFile();
      const facts: unknown = JSON.parse(await file.text());
      return isFacts(facts) && facts.version === version ? facts : null;
    } catch {
      return null; // not complete, or not a package
    }
  }

  async #version(version: string): Promise<Folder> {
    return (await this.#folder.getDirectoryHandle(version, { create: true })) as Folder;
  }

  async #parts(version: string): Promise<File[]> {
    const folder = await this.#version(version);
    const parts = (await names(folder)).filter(isPart);
    return Promise.all(parts.map(async (name) => (await folder.getFileHandle(name)).getFile()));
  }

  async #whole(version: string): Promise<File> {
    return new File(await this.#parts(version), version);
  }

  /** How many bytes of a version are here. */
  async received(version: string): Promise<number> {
    return (await this.#parts(version)).reduce((sum, part) => sum + part.size, 0);
  }

  /** Adds a part behind those that are here. */
  async append(version: string, bytes: Blob): Promise<void> {
    const folder = await this.#version(version);
    const number = (await names(folder)).filter(isPart).length;
    await write(folder, String(number).padStart(6, '0'), bytes);
  }

  /** SHA-256 of what is here, read part by part: a phone with little memory holds one at a time. */
  async hash(version: string): Promise<string> {
    const hash = sha256.create();
    for (const part of await this.#parts(version)) hash.update(new Uint8Array(await part.arrayBuffer()));
    return bytesToHex(hash.digest());
  }

  /** Its hash was checked: from now on this is the package; the others go. */
  async complete(facts: PackageFacts): Promise<void> {
    await write(await this.#version(facts.version), FACTS, JSON.stringify(facts));
  }

  /** Removes every version but one. */
  async removeOthers(version: string): Promise<void> {
    for (const name of await names(this.#folder))
      if (name !== version && name !== DECLINED) await this.remove(name);
  }

  async remove(version: string): Promise<void> {
    try {
      await this.#folder.removeEntry(version, { recursive: true });
    } catch {
      // gone already, or still open in another tab: the next look removes it
    }
  }

  async isWanted(): Promise<boolean> {
    return !(await names(this.#folder)).includes(DECLINED);
  }

  async setWanted(wanted: boolean): Promise<void> {
    if (wanted) await this.remove(DECLINED);
    else await write(this.#folder, DECLINED, '');
  }
}
