import { randomBytes } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ENVELOPE_OVERHEAD_BYTES, seal } from './envelope.ts';
import type { Place } from './place.ts';
import type { VaultKey } from './vault-key.ts';
import { VaultError } from './errors.ts';
import { pad } from './padding.ts';
import { openJson, sealJson } from './sealed-json.ts';

const key: VaultKey = { scope: 'person', version: 1, secret: randomBytes(32) };
const place: Place = { shop: 's', table: 'people', column: 'sealed', row: 'r' };

describe('sealed JSON', () => {
  it('gives back any value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(openJson(key, sealJson(key, value, place), place)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 200 },
    );
  });

  it('shows only the number of buckets', () => {
    const lengthOf = (value: unknown, bucket?: number) =>
      sealJson(key, value, place, bucket).length - ENVELOPE_OVERHEAD_BYTES;
    expect(lengthOf('')).toBe(256);
    expect(lengthOf('x'.repeat(253))).toBe(256);
    expect(lengthOf('x'.repeat(254))).toBe(512);
    expect(lengthOf('x', 32)).toBe(32);
  });

  it('refuses what JSON cannot hold, without a word of it', () => {
    const circle: Record<string, unknown> = {};
    circle['privateName'] = circle;
    for (const value of [undefined, () => 1, 1n, circle]) {
      expect(() => sealJson(key, value, place)).toThrow(
        new VaultError('vault.bad-input', 'value cannot be written as JSON'),
      );
    }
  });

  it('does not quote what turns out to be no JSON', () => {
    const sealed = seal(key, pad(Buffer.from('ada@shop.example'), 32), place);
    expect(() => openJson(key, sealed, place)).toThrow(new VaultError('vault.unopenable'));
  });

  it('refuses bytes without padding, and another place', () => {
    expect(() => openJson(key, seal(key, Buffer.from('{}'), place), place)).toThrow(new VaultError('vault.unopenable'));
    expect(() => openJson(key, sealJson(key, {}, place), { ...place, row: 'q' })).toThrow(
      new VaultError('vault.unopenable'),
    );
  });
});
