/** SHELL: a passkey whose PRF (WebAuthn) gives the secret that opens the database: the phone's own lock guards it. */

/** Which secret of the passkey is ours. */
const PURPOSE = new TextEncoder().encode('xunfang/lock/1');
const RANDOM = (count: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(count));

export interface Passkey {
  credential: Uint8Array<ArrayBuffer>;
  prf: Uint8Array;
}

/** `unsupported`: this phone or browser makes no such passkeys. `cancelled`: the officer or the phone said no. */
export type PasskeyAnswer<T> = { kind: 'made'; value: T } | { kind: 'unsupported' | 'cancelled' };

interface PrfResult {
  enabled?: boolean;
  results?: { first?: BufferSource };
}

export function passkeysExist(): boolean {
  return typeof globalThis.PublicKeyCredential === 'function' && globalThis.isSecureContext;
}

function prfOf(credential: PublicKeyCredential): PrfResult {
  return (credential.getClientExtensionResults() as { prf?: PrfResult }).prf ?? {};
}

function bytesOf(source: BufferSource | undefined): Uint8Array | null {
  if (source === undefined) return null;
  return source instanceof ArrayBuffer ? new Uint8Array(source) : new Uint8Array(source.buffer.slice(0));
}

/** Makes a passkey for this database and asks it once. */
export async function newPasskey(user: string): Promise<PasskeyAnswer<Passkey>> {
  if (!passkeysExist()) return { kind: 'unsupported' };
  const made = await navigator.credentials
    .create({
      publicKey: {
        challenge: RANDOM(32),
        rp: { name: 'Xunfang' },
        user: { id: RANDOM(16), name: user, displayName: user },
        pubKeyCredParams: [-7, -257].map((alg) => ({ type: 'public-key', alg })),
        authenticatorSelection: { residentKey: 'discouraged', userVerification: 'required' },
        extensions: { prf: { eval: { first: PURPOSE } } } as AuthenticationExtensionsClientInputs,
      },
    })
    .catch(() => null);
  if (!(made instanceof PublicKeyCredential)) return { kind: 'cancelled' };
  if (prfOf(made).enabled !== true) return { kind: 'unsupported' };
  const credential = new Uint8Array(made.rawId);
  const prf = bytesOf(prfOf(made).results?.first);
  if (prf) return { kind: 'made', value: { credential, prf } };
  const asked = await askPasskey(credential);
  return asked.kind === 'made' ? { kind: 'made', value: { credential, prf: asked.value } } : asked;
}

/** The secret of the passkey, after the phone has made sure who asks. */
export async function askPasskey(credential: Uint8Array<ArrayBuffer>): Promise<PasskeyAnswer<Uint8Array>> {
  if (!passkeysExist()) return { kind: 'unsupported' };
  const asked = await navigator.credentials
    .get({
      publicKey: {
        challenge: RANDOM(32),
        allowCredentials: [{ type: 'public-key', id: credential }],
        userVerification: 'required',
        extensions: { prf: { eval: { first: PURPOSE } } } as AuthenticationExtensionsClientInputs,
      },
    })
    .catch(() => null);
  if (!(asked instanceof PublicKeyCredential)) return { kind: 'cancelled' };
  const prf = bytesOf(prfOf(asked).results?.first);
  return prf ? { kind: 'made', value: prf } : { kind: 'unsupported' };
}
