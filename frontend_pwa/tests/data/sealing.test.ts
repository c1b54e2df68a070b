import { Aes128Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sealForServer, type SealedFor } from '../../src/data/sealing';

/** pytest opens the same blob (tests/backend/common/test_sealing.py). */
const FILE = new URL('../../../tests/contract/crypto/sealed.json', import.meta.url);

interface Example {
  private_key: string;
  sealing_key: { key_id: string; public_key: string };
  info: SealedFor['info'];
  aad: string;
  plaintext: string;
  blob: string;
}

const example = JSON.parse(readFileSync(FILE, 'utf8')) as Example;

function fromHex(text: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(text, 'hex')).buffer;
}

const ours = async (): Promise<CipherSuite> => {
  const { Aes256Gcm } = await import('@hpke/core');
  return new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
};

async function opened(blob: string, info: string, aad: string): Promise<string> {
  const suite = await ours();
  const key = await suite.kem.importKey('raw', fromHex(example.private_key), false);
  const [, enc, sealed] = blob
    .split('.')
    .map((part) => Uint8Array.from(Buffer.from(part, 'base64url')).buffer);
  const recipient = await suite.createRecipientContext({
    ...{ recipientKey: key, enc: enc ?? new ArrayBuffer() },
    info: new TextEncoder().encode(`${info}\0${aad}`).buffer,
  });
  return new TextDecoder().decode(await recipient.open(sealed ?? new ArrayBuffer()));
}

const seal = (plaintext: string): Promise<string> =>
  sealForServer(example.sealing_key, example, new TextEncoder().encode(plaintext));

describe('what is sealed to the server', () => {
  test('opens with the private key, for its purpose and its record', async () => {
    expect(await opened(await seal('张三 138'), example.info, example.aad)).toBe('张三 138');
  });
  test('opens for nothing else', async () => {
    const blob = await seal('x');
    await expect(opened(blob, 'xunfang/outbox/1', example.aad)).rejects.toThrow();
    await expect(opened(blob, example.info, 'another')).rejects.toThrow();
  });
  test('is never the same twice, and names its key', async () => {
    const [first, second] = [await seal('x'), await seal('x')];
    expect(first).not.toBe(second);
    expect(first.split('.')[0]).toBe(example.sealing_key.key_id);
  });
  test('is the example that the server opens', async () => {
    if (process.env['XUNFANG_WRITE_EXAMPLES'] === '1') {
      const blob = await seal(example.plaintext);
      writeFileSync(FILE, `${JSON.stringify({ ...example, blob }, null, 2)}\n`);
    }
    const { blob } = JSON.parse(readFileSync(FILE, 'utf8')) as Example;
    expect(await opened(blob, example.info, example.aad)).toBe(example.plaintext);
  });
});

test('the library opens the vector of RFC 9180 A.3.1', async () => {
  const suite = new CipherSuite({
    ...{ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes128Gcm() },
  });
  const recipient = await suite.createRecipientContext({
    recipientKey: await suite.kem.importKey('raw', fromHex(example.private_key), false),
    enc: fromHex(
      '04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4',
    ),
    info: new TextEncoder().encode('Ode on a Grecian Urn').buffer,
  });
  const ciphertext = fromHex(
    '5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434',
  );
  const plaintext = await recipient.open(ciphertext, new TextEncoder().encode('Count-0').buffer);
  expect(new TextDecoder().decode(plaintext)).toBe('Beauty is truth, truth beauty');
});
