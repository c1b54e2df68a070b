/** PURE: what the administrator's screens may ask of imports. */
import type {
  EditionRow,
  FileKind,
  ImportDetail,
  ImportOptions,
  ImportRow,
  RemarksPage,
} from '../domain/imports';
import type { Loaded } from './status';

export interface ImportsSource {
  list: () => Promise<Loaded<{ results: ImportRow[] }>>;
  get: (id: string) => Promise<Loaded<ImportDetail>>;
  /** `told` hears the share that has been sent, 0 to 1; the signal breaks it off. */
  upload: (
    kind: FileKind,
    file: File,
    told: (share: number) => void,
    signal: AbortSignal,
  ) => Promise<Loaded<ImportRow>>;
  look: (id: string, options: ImportOptions) => Promise<Loaded<ImportRow>>;
  check: (id: string, options: ImportOptions) => Promise<Loaded<ImportRow>>;
  apply: (id: string) => Promise<Loaded<ImportRow>>;
  cancel: (id: string) => Promise<Loaded<ImportRow>>;
  remarks: (id: string, problem: string, after: number) => Promise<Loaded<RemarksPage>>;
  editions: () => Promise<Loaded<{ results: EditionRow[] }>>;
  /** Tries what putting an edition in force would change; it is applied as an import is. */
  tryEdition: (list: string, edition: string) => Promise<Loaded<ImportRow>>;
  reportAddress: (id: string) => string;
}
