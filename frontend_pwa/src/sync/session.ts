/** SHELL: signing in and out (django-allauth headless, browser client). */
import type { Me } from '../domain/records';
import { ask, type Answer, type Fetch } from './http';
import type { SignInAnswer, SignOutAnswer } from './status';

const AUTH = '/_allauth/browser/v1';

export type WhoAnswer =
  | { kind: 'signed_in'; me: Me }
  | { kind: 'signed_out' | 'no_network' | 'busy' }
  | { kind: 'refused'; code: string };

const NOWHERE: Me['unit'] = { code: '', name: '', kind: 'bureau' };
const UNDEPLOYED: Me['deployment'] = {
  ...{ city: '', name: '', zone: 'UTC', metric_epsg: 4326, schematic_boundaries: false, attribution: '' },
  bounds: [-180, -85, 180, 85],
};

/** An administrator has no unit, and a server without data has no city yet: the screens see an empty one. */
function complete(body: unknown): Me {
  const me = body as Me & { unit: Me['unit'] | null; deployment: Me['deployment'] | null };
  return { ...me, unit: me.unit ?? NOWHERE, deployment: me.deployment ?? UNDEPLOYED };
}

/** Who the session belongs to, as the server sees it now. */
export async function whoAmI(fetch: Fetch): Promise<WhoAnswer> {
  const answer = await ask(fetch, '/api/v1/me', { cache: 'no-store' });
  if (answer.ok) return { kind: 'signed_in', me: complete(answer.body) };
  const { failure } = answer;
  if (failure.kind === 'refused') return { kind: 'refused', code: failure.code };
  if (failure.kind === 'indigestible') return { kind: 'refused', code: failure.problem.code };
  return { kind: failure.kind };
}

async function fetchCsrfCookie(fetch: Fetch): Promise<void> {
  // `config` answers 200 to everybody; asking for the session would be a 401 in every browser's log.
  await ask(fetch, `${AUTH}/config`);
  if (!document.cookie.includes('csrftoken=')) await ask(fetch, `${AUTH}/auth/session`);
}

function refusal(answer: Extract<Answer, { ok: false }>): SignInAnswer {
  switch (answer.failure.kind) {
    case 'indigestible':
      return { kind: 'wrong' };
    case 'signed_out':
      return { kind: 'more_needed' };
    case 'busy':
      return { kind: 'busy' };
    case 'no_network':
      return { kind: 'no_network' };
    default:
      return { kind: 'refused' };
  }
}

export async function signIn(fetch: Fetch, username: string, password: string): Promise<SignInAnswer> {
  await fetchCsrfCookie(fetch);
  const body = JSON.stringify({ username, password });
  const request = (): Promise<Answer> => ask(fetch, `${AUTH}/auth/login`, { method: 'POST', body });
  let answer = await request();
  // 409: somebody is signed in on this browser; the one at the keyboard decides who goes on.
  if (!answer.ok && answer.problem?.status === 409) {
    await signOut(fetch);
    await fetchCsrfCookie(fetch);
    answer = await request();
  }
  if (!answer.ok) return refusal(answer);
  const who = await whoAmI(fetch);
  if (who.kind === 'signed_in') return who;
  return { kind: who.kind === 'signed_out' ? 'refused' : who.kind };
}

/** allauth answers 401 when nobody is signed in any more: that is success here. */
export async function signOut(fetch: Fetch): Promise<SignOutAnswer> {
  const answer = await ask(fetch, `${AUTH}/auth/session`, { method: 'DELETE' });
  if (answer.ok || answer.failure.kind === 'signed_out') return 'signed_out';
  return answer.failure.kind === 'busy' ? 'busy' : 'no_network';
}
