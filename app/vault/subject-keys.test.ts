import { randomBytes } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import type { VaultKey } from './vault-key.ts';
import { VaultError } from './errors.ts';
import { parseKeyring, type WrapContext } from './keyring.ts';
import { newSecret, unwrapSubjectKey, wrapSubjectKey } from './subject-keys.ts';

const UNOPENABLE = new VaultError('vault.unopenable');
const shopKey: VaultKey = { scope: 'shop', version: 1, secret: newSecret() };
const context: WrapContext = { owner: 'shop-1', purpose: 'cart:1', version: 1 };
const secret = newSecret();
const wrapped = wrapSubjectKey(shopKey, secret, context);

describe('subject keys', () => {
  it('are drawn at random', () => {
    const drawn = new Set(Array.from({ length: 500 }, () => newSecret().toString('hex')));
    expect(drawn.size).toBe(500);
    expect(secret).toHaveLength(32);
  });

  it('unwrap to what was wrapped, and wrap to other bytes each time', () => {
    expect(wrapped).toHaveLength(61);
    expect(unwrapSubjectKey(shopKey, wrapped, context)).toEqual(secret);
    expect(wrapSubjectKey(shopKey, secret, context)).not.toEqual(wrapped);
  });

  it.each<[string, WrapContext]>([
    ['owner', { ...context, owner: 'shop-2' }],
    ['subject', { ...context, purpose: 'cart:2' }],
    ['version', { ...context, version: 2 }],
    ['boundary', { ...context, owner: 'shop-1c', purpose: 'art:1' }],
  ])('do not unwrap with another %s', (_, other) => {
    expect(() => unwrapSubjectKey(shopKey, wrapped, other)).toThrow(UNOPENABLE);
  });

  it('do not unwrap when a bit or the length is another', () => {
    for (let bit = 0; bit < wrapped.length * 8; bit += 1) {
      const flipped = Buffer.from(wrapped);
      flipped[bit >> 3] = flipped[bit >> 3]! ^ (1 << (bit & 7));
      expect(() => unwrapSubjectKey(shopKey, flipped, context)).toThrow(UNOPENABLE);
    }
    for (let length = 0; length < wrapped.length; length += 1) {
      expect(() => unwrapSubjectKey(shopKey, wrapped.subarray(0, length), context)).toThrow(UNOPENABLE);
    }
  });

  it('do not unwrap under another shop key, a key that is none, or a keyring of the same bytes', async () => {
    expect(() => unwrapSubjectKey({ ...shopKey, secret: newSecret() }, wrapped, context)).toThrow(UNOPENABLE);
    expect(() => unwrapSubjectKey({ ...shopKey, secret: randomBytes(16) }, wrapped, context)).toThrow(UNOPENABLE);
    const keyring = parseKeyring(`k:${shopKey.secret.toString('base64')}`);
    await expect(keyring.unwrap('k', wrapped, context)).rejects.toThrow(UNOPENABLE);
    const underKeyring = await keyring.wrap(secret, context);
    expect(() => unwrapSubjectKey(shopKey, underKeyring.wrapped, context)).toThrow(UNOPENABLE);
  });

  it('are not wrapped when they are none, nor under a key that is none', () => {
    const badKey = new VaultError('vault.bad-key');
    expect(() => wrapSubjectKey(shopKey, randomBytes(33), context)).toThrow(badKey);
    expect(() => wrapSubjectKey(shopKey, Buffer.alloc(32), context)).toThrow(badKey);
    expect(() => wrapSubjectKey({ ...shopKey, secret: Buffer.alloc(32) }, secret, context)).toThrow(badKey);
  });
});
