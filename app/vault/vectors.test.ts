import { describe, expect, it } from 'vitest';

import { emailIndex } from './blind-index.ts';
import { deriveInboxKey } from './derive.ts';
import { sealWithSaltAndNumber } from './envelope-v1-run.ts';
import { sealWithSalt } from './envelope-v1.ts';
import { open, readHeader } from './envelope.ts';
import { parseKeyring } from './keyring.ts';
import { type LookupLabel, lookupToken, supportCode } from './lookup.ts';
import { KEY_SCOPES, type KeyScope } from './scope.ts';
import { openJson } from './sealed-json.ts';
import { unwrapSubjectKey } from './subject-keys.ts';
import vectors from './vectors.json' with { type: 'json' };

const bytes = (hex: string) => Buffer.from(hex, 'hex');
const keyOf = (vector: { scope: string; version: number; secret: string }) => ({
  scope: vector.scope as KeyScope,
  version: vector.version,
  secret: bytes(vector.secret),
});

/** What was stored once must open for ever. A vector that fails is a change of format, never a vector to renew. */
describe('frozen vectors', () => {
  it('have an envelope of every scope', () => {
    expect(new Set(vectors.envelopes.map(({ scope }) => scope))).toEqual(new Set(Object.keys(KEY_SCOPES)));
  });

  it.each(vectors.envelopes)('open and are made again: $scope', (vector) => {
    const key = keyOf(vector);
    const sealed = bytes(vector.sealed);
    expect(readHeader(sealed)).toEqual({ format: 1, suite: 1, scope: key.scope, version: key.version });
    expect(open(key, sealed, vector.place).toString('hex')).toBe(vector.plaintext);
    const again = sealWithSalt(key, bytes(vector.plaintext), vector.place, bytes(vector.salt));
    expect(again.toString('hex')).toBe(vector.sealed);
  });

  it.each(vectors.runEnvelopes)('open and are made again: number $number of a run', (vector) => {
    const key = keyOf(vector);
    const sealed = bytes(vector.sealed);
    expect(readHeader(sealed)).toEqual({ format: 1, suite: 2, scope: key.scope, version: key.version });
    expect(open(key, sealed, vector.place).toString('hex')).toBe(vector.plaintext);
    const again = sealWithSaltAndNumber(key, bytes(vector.plaintext), vector.place, {
      salt: bytes(vector.salt),
      number: vector.number,
    });
    expect(again.toString('hex')).toBe(vector.sealed);
  });

  it.each(vectors.sealedJson)('open as JSON: $place.table', (vector) => {
    expect(openJson(keyOf(vector), bytes(vector.sealed), vector.place)).toEqual(vector.value);
  });

  it.each(vectors.keyring.wraps)('unwrap under the keyring: $context.purpose', async ({ context, secret, wrapped }) => {
    const keyring = parseKeyring(`k1:${vectors.keyring.kek}`);
    expect((await keyring.unwrap('k1', bytes(wrapped), context)).toString('hex')).toBe(secret);
    expect((await keyring.newCheck('k1')).toString('hex')).toBe(vectors.keyring.checkValue);
  });

  it.each(vectors.subjectKeys)('unwrap under the shop key: $context.purpose', (vector) => {
    const shopKey = { scope: 'shop', version: 1, secret: bytes(vector.shopSecret) } as const;
    expect(unwrapSubjectKey(shopKey, bytes(vector.wrapped), vector.context).toString('hex')).toBe(vector.secret);
  });

  it.each(vectors.inboxKeys)('derive the inbox key of $day', ({ daySecret, day, shop, version, secret }) => {
    const key = deriveInboxKey(bytes(daySecret), day, shop);
    expect([key.version, key.secret.toString('hex')]).toEqual([version, secret]);
  });

  it.each(vectors.emailIndexes)('find the e-mail $email', ({ key, email, index }) => {
    expect(emailIndex(bytes(key), email).toString('hex')).toBe(index);
  });

  it.each(vectors.lookupTokens)('find by $label', ({ key, label, value, token }) => {
    expect(lookupToken(bytes(key), label as LookupLabel, value).toString('hex')).toBe(token);
  });

  it.each(vectors.supportCodes)('give the support code of $length characters', ({ key, ref, length, code }) => {
    expect(supportCode(bytes(key), bytes(ref), length)).toBe(code);
  });
});
