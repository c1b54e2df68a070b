/** PURE: every request says whose records it is about. */
import type { Fetch } from './http';

/** The browser's session may have become another officer's since it was last asked; the server compares. */
export function asOfficer(fetch: Fetch, officer: string): Fetch {
  return (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('x-officer', officer);
    return fetch(input, { ...init, headers });
  };
}
