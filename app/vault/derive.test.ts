import { randomBytes } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { deriveInboxKey } from './derive.ts';
import { open, seal } from './envelope.ts';
import type { Place } from './place.ts';
import { VaultError } from './errors.ts';

const daySecret = randomBytes(32);
const place: Place = { shop: 'shop-1', table: 'inbox', column: 'sealed', row: 'r' };

describe('deriveInboxKey', () => {
  it('counts days since 1970 as its version', () => {
    const versionOf = (day: string) => deriveInboxKey(daySecret, day, 'shop-1').version;
    expect(versionOf('1970-01-01')).toBe(0);
    expect(versionOf('2000-03-01')).toBe(11_017);
    expect(versionOf('2024-02-29')).toBe(19_782);
    expect(deriveInboxKey(daySecret, '2024-02-29', 'shop-1').scope).toBe('inbox');
  });

  it('gives the same key again, and another for another day, shop or secret', () => {
    const secretOf = (secret: Buffer, day: string, shop: string) =>
      deriveInboxKey(secret, day, shop).secret.toString('hex');
    const first = secretOf(daySecret, '2026-11-23', 'shop-1');
    expect(secretOf(daySecret, '2026-11-23', 'shop-1')).toBe(first);
    expect(secretOf(daySecret, '2026-11-24', 'shop-1')).not.toBe(first);
    expect(secretOf(daySecret, '2026-11-23', 'shop-2')).not.toBe(first);
    expect(secretOf(randomBytes(32), '2026-11-23', 'shop-1')).not.toBe(first);
    expect(first).not.toBe(daySecret.toString('hex'));
  });

  it('seals and opens', () => {
    const sealed = seal(deriveInboxKey(daySecret, '2026-11-23', 'shop-1'), Buffer.from('x'), place);
    expect(open(deriveInboxKey(daySecret, '2026-11-23', 'shop-1'), sealed, place).toString()).toBe('x');
  });

  it.each(['', '2026-13-01', '2026-02-30', '2026-2-3', '1969-12-31', '2026-11-23T00:00:00Z', '+02026-11-23', 'today'])(
    'refuses %j as a day',
    (day) => {
      expect(() => deriveInboxKey(daySecret, day, 'shop-1')).toThrow(
        new VaultError('vault.bad-input', 'day is no date'),
      );
    },
  );

  it('refuses a secret that is none', () => {
    const badKey = new VaultError('vault.bad-key');
    expect(() => deriveInboxKey(randomBytes(31), '2026-11-23', 'shop-1')).toThrow(badKey);
    expect(() => deriveInboxKey(Buffer.alloc(32), '2026-11-23', 'shop-1')).toThrow(badKey);
  });
});
