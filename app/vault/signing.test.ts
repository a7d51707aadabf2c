import { createPublicKey, verify } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { isSignedBy, publicKeyPem, signingKeyId, signingKeyOf } from './signing.ts';

const hex = (text: string) => Buffer.from(text, 'hex');

/** RFC 8032, 7.1: tests 1 to 3. */
const VECTORS = [
  {
    seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
  {
    seed: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    publicKey: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature:
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
];

describe('signing', () => {
  it.each(VECTORS)('gives the signatures of RFC 8032: $message', ({ seed, publicKey, message, signature }) => {
    const key = signingKeyOf(hex(seed));
    expect(key.publicKey.toString('hex')).toBe(publicKey);
    expect(key.sign(hex(message)).toString('hex')).toBe(signature);
    expect(isSignedBy(hex(publicKey), hex(message), hex(signature))).toBe(true);
  });

  it('refuses every changed bit of message, signature and key', () => {
    const key = signingKeyOf(Buffer.alloc(32, 7));
    const message = Buffer.from('head of the chain');
    const signature = key.sign(message);
    for (const [index, bytes] of [message, signature, key.publicKey].entries()) {
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        const changed = Buffer.from(bytes);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        const parts: [Buffer, Buffer, Buffer] = [key.publicKey, message, signature];
        parts[index === 0 ? 1 : index === 1 ? 2 : 0] = changed;
        expect(isSignedBy(...parts)).toBe(false);
      }
    }
  });

  it('says no to what is no key and no signature', () => {
    const { publicKey } = signingKeyOf(Buffer.alloc(32, 7));
    expect(isSignedBy(publicKey, Buffer.alloc(1), Buffer.alloc(63))).toBe(false);
    expect(isSignedBy(publicKey.subarray(1), Buffer.alloc(1), Buffer.alloc(64))).toBe(false);
    expect(isSignedBy(Buffer.alloc(32, 255), Buffer.alloc(1), Buffer.alloc(64))).toBe(false);
    // A message that is none, as a caller without types could send it.
    expect(isSignedBy(publicKey, null as never, Buffer.alloc(64))).toBe(false);
  });

  it('publishes a key that others can read', () => {
    const key = signingKeyOf(Buffer.alloc(32, 7));
    expect(key.publicKeyPem).toMatch(/^-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=]+\n-----END PUBLIC KEY-----\n$/);
    const message = Buffer.from('receipt');
    expect(verify(null, message, createPublicKey(key.publicKeyPem), key.sign(message))).toBe(true);
    expect(key.keyId).toBe(signingKeyId(key.publicKey));
    expect(key.keyId).toMatch(/^[0-9a-f]{16}$/);
  });

  it('shows its private half to nobody and takes no wiped seed', () => {
    const seed = Buffer.from('0123456789abcdef0123456789abcdef');
    const shown = JSON.stringify(signingKeyOf(seed)) + String(Object.values(signingKeyOf(seed)));
    expect(shown).not.toContain(seed.toString('hex'));
    expect(() => signingKeyOf(Buffer.alloc(32))).toThrow('vault.bad-key');
    expect(() => publicKeyPem(Buffer.alloc(31))).toThrow('vault.bad-key');
  });
});
