import { randomBytes } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { VaultError } from './errors.ts';
import { type LookupLabel, lookupToken, supportCode } from './lookup.ts';

const key = randomBytes(32);
const LABELS: LookupLabel[] = [
  'cart-token',
  'checkout-token',
  'customer-id',
  'order-id',
  'country',
  'province',
  'product',
  'variant',
  'body',
  'support-code',
];

describe('lookupToken', () => {
  it('is 16 bytes, the same for the same value as text or as bytes', () => {
    expect(lookupToken(key, 'cart-token', 'é')).toHaveLength(16);
    expect(lookupToken(key, 'cart-token', 'é')).toEqual(lookupToken(key, 'cart-token', Buffer.from('é')));
  });

  it('differs by label, by value and by shop', () => {
    expect(new Set(LABELS.map((label) => lookupToken(key, label, '1').toString('hex'))).size).toBe(LABELS.length);
    expect(lookupToken(key, 'country', 'FR')).not.toEqual(lookupToken(key, 'country', 'fr'));
    expect(lookupToken(key, 'country', 'FR')).not.toEqual(lookupToken(randomBytes(32), 'country', 'FR'));
  });

  it('tells any two values apart', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (one, two) => {
        const areEqual = Buffer.from(one).equals(two);
        expect(lookupToken(key, 'body', one).equals(lookupToken(key, 'body', two))).toBe(areEqual);
      }),
      { numRuns: 300 },
    );
  });

  it('takes text that is not valid Unicode, and no key that is none', () => {
    expect(lookupToken(key, 'product', '\ud800')).toHaveLength(16);
    expect(() => lookupToken(randomBytes(8), 'product', '1')).toThrow(new VaultError('vault.bad-key'));
  });
});

describe('supportCode', () => {
  it('is four characters that nobody mishears', () => {
    const codes = Array.from({ length: 2_000 }, (_, index) => supportCode(key, Buffer.of(index >> 8, index)));
    for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(new Set(codes.join('')).size).toBe(32);
    expect(new Set(codes).size).toBeGreaterThan(1_900);
  });

  it('begins the same at every length, and is another in another shop', () => {
    const ref = randomBytes(16);
    const long = supportCode(key, ref, 16);
    for (let length = 1; length <= 16; length += 1) expect(supportCode(key, ref, length)).toBe(long.slice(0, length));
    expect(supportCode(randomBytes(32), ref, 16)).not.toBe(long);
  });

  it.each([0, -1, 17, 2.5, NaN])('has no length of %d', (length) => {
    expect(() => supportCode(key, Buffer.of(1), length)).toThrow(expect.objectContaining({ code: 'vault.bad-input' }));
  });
});
