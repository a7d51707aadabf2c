import { randomBytes } from 'node:crypto';

import { describe, expect, it, vi } from 'vitest';

import { open, readHeader, seal, sealInRun } from './envelope.ts';
import type { Place } from './place.ts';
import type { VaultKey } from './vault-key.ts';
import { VaultError } from './errors.ts';
import { reseal } from './reseal.ts';

const place: Place = { shop: 'shop-1', table: 'people', column: 'sealed', row: 'row-1' };
const old: VaultKey = { scope: 'person', version: 1, secret: randomBytes(32) };
const newest: VaultKey = { scope: 'person', version: 2, secret: randomBytes(32), older: [old] };

describe('reseal', () => {
  it('seals what an older version sealed under the newest, to the same bytes inside', () => {
    for (const sealed of [seal(old, Buffer.from('Ada'), place), sealInRun(old, Buffer.from('Ada'), place)]) {
      const again = reseal(newest, sealed, place);
      expect(readHeader(again!).version).toBe(2);
      expect(open({ ...newest, older: [] }, again!, place).toString()).toBe('Ada');
      expect(() => open(old, again!, place)).toThrow(new VaultError('vault.unopenable'));
    }
  });

  it('leaves alone what the newest version sealed', () => {
    expect(reseal(newest, seal(newest, Buffer.from('Ada'), place), place)).toBeNull();
  });

  it('refuses what does not open', () => {
    const unopenable = new VaultError('vault.unopenable');
    const sealed = seal(old, Buffer.from('Ada'), place);
    expect(() => reseal(newest, sealed, { ...place, row: 'row-2' })).toThrow(unopenable);
    expect(() => reseal({ ...newest, older: [] }, sealed, place)).toThrow(unopenable);
    expect(() => reseal(newest, Buffer.alloc(10), place)).toThrow(unopenable);
    sealed[60]! ^= 1;
    expect(() => reseal(newest, sealed, place)).toThrow(unopenable);
  });

  it('wipes what it has opened', () => {
    const wiped: number[] = [];
    const fill = vi.spyOn(Buffer.prototype, 'fill').mockImplementation(function (this: Buffer, value) {
      if (value === 0) wiped.push(this.length);
      return Uint8Array.prototype.fill.call(this, value as number) as Buffer;
    });
    try {
      reseal(newest, seal(old, Buffer.from('thirteen byte'), place), place);
    } finally {
      fill.mockRestore();
    }
    expect(wiped).toContain(13);
  });
});
