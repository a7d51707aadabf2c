/**
 * The wire formats written a second time, from their tables alone and on other cryptography (pure JavaScript), so that a
 * mistake would have to be made twice to go unseen.
 */
import { randomBytes } from 'node:crypto';

import { gcm } from '@noble/ciphers/aes.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { emailIndex } from './blind-index.ts';
import { deriveInboxKey } from './derive.ts';
import { open, seal, sealInRun } from './envelope.ts';
import type { Place } from './place.ts';
import type { VaultKey } from './vault-key.ts';
import { parseKeyring } from './keyring.ts';
import { type LookupLabel, lookupToken, supportCode } from './lookup.ts';
import { KEY_SCOPES, type KeyScope } from './scope.ts';
import { unwrapSubjectKey, wrapSubjectKey } from './subject-keys.ts';
import type { WrapContext } from './wrap.ts';

/** `npm run test:long -- vault-agree` takes ten thousand of each. */
const RUNS = Number(process.env['LONG_SEEDS'] ?? 300);
const utf8 = (text: string) => new TextEncoder().encode(text);
const NO_SALT = new Uint8Array(0);

function concat(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

function lp(...parts: (string | Uint8Array)[]): Uint8Array {
  return concat(
    ...parts.flatMap((part) => {
      const bytes = typeof part === 'string' ? utf8(part) : part;
      return [u32(bytes.length), bytes];
    }),
  );
}

function messageKeys(secret: Uint8Array, salt: Uint8Array) {
  const okm = hkdf(sha512, secret, salt, utf8('cart-insights/envelope/v1'), 76);
  return { key: okm.slice(0, 32), nonce: okm.slice(32, 44), commitment: okm.slice(44) };
}

function secondSeal(vaultKey: VaultKey, plaintext: Uint8Array, place: Place, salt: Uint8Array): Uint8Array {
  const start = concat(Uint8Array.of(1, 1, KEY_SCOPES[vaultKey.scope]), u32(vaultKey.version), salt);
  const { key, nonce, commitment } = messageKeys(vaultKey.secret, salt);
  const aad = concat(start, lp(place.shop, place.table, place.column, place.row));
  return concat(start, commitment, gcm(key, nonce, aad).encrypt(plaintext));
}

function secondOpen(vaultKey: VaultKey, sealed: Uint8Array, place: Place): Uint8Array {
  const start = sealed.slice(0, 23);
  const { key, nonce, commitment } = messageKeys(vaultKey.secret, sealed.slice(7, 23));
  expect(Buffer.from(commitment).equals(sealed.subarray(23, 55))).toBe(true);
  const aad = concat(start, lp(place.shop, place.table, place.column, place.row));
  return gcm(key, nonce, aad).decrypt(sealed.slice(55));
}

function runKeys(secret: Uint8Array, salt: Uint8Array, number: Uint8Array) {
  const okm = hkdf(sha512, secret, salt, utf8('cart-insights/envelope/v1/run'), 76);
  const nonce = okm.slice(32, 44).map((byte, at) => byte ^ (at < 8 ? 0 : number[at - 8]!));
  return { key: okm.slice(0, 32), nonce, commitment: okm.slice(44) };
}

function secondSealInRun(vaultKey: VaultKey, plaintext: Uint8Array, place: Place, salt: Uint8Array, number: number) {
  const start = concat(Uint8Array.of(1, 2, KEY_SCOPES[vaultKey.scope]), u32(vaultKey.version), salt, u32(number));
  const { key, nonce, commitment } = runKeys(vaultKey.secret, salt, u32(number));
  const aad = concat(start, lp(place.shop, place.table, place.column, place.row));
  return concat(start, commitment, gcm(key, nonce, aad).encrypt(plaintext));
}

function secondOpenOfRun(vaultKey: VaultKey, sealed: Uint8Array, place: Place): Uint8Array {
  const { key, nonce, commitment } = runKeys(vaultKey.secret, sealed.slice(7, 23), sealed.slice(23, 27));
  expect(Buffer.from(commitment).equals(sealed.subarray(27, 59))).toBe(true);
  const aad = concat(sealed.slice(0, 27), lp(place.shop, place.table, place.column, place.row));
  return gcm(key, nonce, aad).decrypt(sealed.slice(59));
}

function wrapAad({ owner, purpose, version }: WrapContext): Uint8Array {
  return lp('cart-insights/wrap/v1', owner, purpose, String(version));
}

function secondWrap(key: Uint8Array, use: string, secret: Uint8Array, context: WrapContext): Buffer {
  const wrapping = hkdf(sha512, key, NO_SALT, utf8(use), 32);
  const nonce = randomBytes(12);
  return Buffer.from(concat(Uint8Array.of(1), nonce, gcm(wrapping, nonce, wrapAad(context)).encrypt(secret)));
}

function secondUnwrap(key: Uint8Array, use: string, wrapped: Uint8Array, context: WrapContext): Buffer {
  expect(wrapped[0]).toBe(1);
  const wrapping = hkdf(sha512, key, NO_SALT, utf8(use), 32);
  return Buffer.from(gcm(wrapping, wrapped.slice(1, 13), wrapAad(context)).decrypt(wrapped.slice(13)));
}

function secondDigest(key: Uint8Array, label: string, value: Uint8Array): Buffer {
  return Buffer.from(hmac(sha256, key, lp(label, 'n1', value)).slice(0, 16));
}

// Zeros are no key; the first byte keeps generated secrets from being all of them.
const secrets = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from([bytes[0]! | 1, ...bytes.slice(1)]));
const texts = fc.string({ unit: 'binary', maxLength: 40 });
const places = fc.record({ shop: texts, table: texts, column: texts, row: texts });
const contexts = fc.record({ owner: texts, purpose: texts, version: fc.oneof(fc.nat(), texts) });
const keys = fc.record({
  scope: fc.constantFrom(...(Object.keys(KEY_SCOPES) as KeyScope[])),
  version: fc.integer({ min: 0, max: 0xffffffff }),
  secret: secrets,
});
const bytes = fc.uint8Array({ maxLength: 600 });

describe('the second implementation', () => {
  it('opens what the vault seals', () => {
    fc.assert(
      fc.property(keys, bytes, places, (key, plaintext, place) => {
        expect(Buffer.from(secondOpen(key, seal(key, plaintext, place), place))).toEqual(Buffer.from(plaintext));
      }),
      { numRuns: RUNS },
    );
  });

  it('seals what the vault opens, and to the same bytes', () => {
    fc.assert(
      fc.property(keys, bytes, places, (key, plaintext, place) => {
        const sealed = seal(key, plaintext, place);
        expect(Buffer.from(secondSeal(key, plaintext, place, sealed.subarray(7, 23)))).toEqual(sealed);
        const second = secondSeal(key, plaintext, place, randomBytes(16));
        expect(open(key, second, place)).toEqual(Buffer.from(plaintext));
      }),
      { numRuns: RUNS },
    );
  });

  it('opens what the vault seals in a run, and seals what the vault opens', () => {
    const numbers = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(keys, bytes, places, numbers, (key, plaintext, place, number) => {
        sealInRun(key, plaintext, place);
        const sealed = sealInRun(key, plaintext, place);
        expect(Buffer.from(secondOpenOfRun(key, sealed, place))).toEqual(Buffer.from(plaintext));
        expect(Buffer.from(secondSealInRun(key, plaintext, place, sealed.subarray(7, 23), 1))).toEqual(sealed);
        const second = secondSealInRun(key, plaintext, place, randomBytes(16), number);
        expect(open(key, second, place)).toEqual(Buffer.from(plaintext));
      }),
      { numRuns: RUNS },
    );
  });

  it('wraps and unwraps keys of subjects alike', () => {
    const use = 'cart-insights/subject-key/v1';
    fc.assert(
      fc.property(keys, secrets, contexts, (shopKey, secret, context) => {
        expect(secondUnwrap(shopKey.secret, use, wrapSubjectKey(shopKey, secret, context), context)).toEqual(secret);
        expect(unwrapSubjectKey(shopKey, secondWrap(shopKey.secret, use, secret, context), context)).toEqual(secret);
      }),
      { numRuns: RUNS },
    );
  });

  it('wraps and unwraps under a keyring alike, and gives the same check value', async () => {
    const use = 'cart-insights/kek-wrapping/v1';
    await fc.assert(
      fc.asyncProperty(secrets, secrets, contexts, async (kek, secret, context) => {
        const keyring = parseKeyring(`k1:${kek.toString('base64')}`);
        expect(secondUnwrap(kek, use, (await keyring.wrap(secret, context)).wrapped, context)).toEqual(secret);
        expect(await keyring.unwrap('k1', secondWrap(kek, use, secret, context), context)).toEqual(secret);
        const checking = hkdf(sha512, kek, NO_SALT, utf8('cart-insights/kek-checking/v1'), 32);
        const check = hmac(sha256, checking, utf8('cart-insights/kek-check/v1')).slice(0, 16);
        expect(await keyring.newCheck('k1')).toEqual(Buffer.from(check));
      }),
      { numRuns: RUNS },
    );
  });

  it('derives the same inbox keys', () => {
    const days = fc.integer({ min: 0, max: 40_000 });
    fc.assert(
      fc.property(secrets, days, texts, (daySecret, days, shop) => {
        const day = new Date(days * 86_400_000).toISOString().slice(0, 10);
        const secret = hkdf(sha512, daySecret, new Uint8Array(64), lp('cart-insights/inbox/v1', day, shop), 32);
        expect(deriveInboxKey(daySecret, day, shop)).toEqual({
          scope: 'inbox',
          version: days,
          secret: Buffer.from(secret),
        });
      }),
      { numRuns: RUNS },
    );
  });

  it('gives the same digests and codes', () => {
    const labels = fc.constantFrom<LookupLabel>('cart-token', 'customer-id', 'body', 'country');
    fc.assert(
      fc.property(secrets, labels, texts, bytes, (key, label, text, value) => {
        expect(lookupToken(key, label, text)).toEqual(secondDigest(key, label, utf8(text)));
        expect(lookupToken(key, label, value)).toEqual(secondDigest(key, label, value));
        const normalised = text.normalize('NFKC').trim().toLowerCase().normalize('NFKC').trim();
        expect(emailIndex(key, text)).toEqual(secondDigest(key, 'email', utf8(normalised)));
        const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
        const code = [...secondDigest(key, 'support-code', value).subarray(0, 4)].map((byte) => alphabet[byte & 31]);
        expect(supportCode(key, value)).toBe(code.join(''));
      }),
      { numRuns: RUNS },
    );
  });
});
