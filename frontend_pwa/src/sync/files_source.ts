/** SHELL: which files of a record have arrived at the server; asked when somebody wants to see them. */
import type { ArrivedFile, ArrivedFiles } from '../domain/attachments';
import { ask, type Fetch } from './http';

interface FilesAnswer {
  results: { id: string; kind: ArrivedFile['kind']; state: string }[];
}

export function filesSource(fetch: Fetch): ArrivedFiles {
  return async (record) => {
    const answer = await ask(fetch, `/api/v1/records/${encodeURIComponent(record)}/attachments`);
    if (!answer.ok) return null;
    const { results } = answer.body as FilesAnswer;
    return results
      .filter(({ state }) => state === 'ready')
      .map(({ id, kind }) => ({ id, kind, address: `/api/v1/attachments/${encodeURIComponent(id)}` }));
  };
}
