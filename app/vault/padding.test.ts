import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { VaultError } from './errors.ts';
import { pad, unpad } from './padding.ts';

describe('padding', () => {
  it('comes off again, whatever the bytes end in', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 64 }), (bytes, bucket) => {
        for (const end of [[], [0], [0x80], [0x80, 0]]) {
          const full = Uint8Array.of(...bytes, ...end);
          const padded = pad(full, bucket);
          expect(padded.length % bucket).toBe(0);
          expect(padded.length).toBeGreaterThan(full.length);
          expect(padded.length - full.length).toBeLessThanOrEqual(bucket);
          expect(unpad(padded)).toEqual(Buffer.from(full));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is a mark and zeros', () => {
    expect(pad(Uint8Array.of(1), 4).toString('hex')).toBe('01800000');
    expect(pad(Uint8Array.of(), 2).toString('hex')).toBe('8000');
    expect(pad(Uint8Array.of(1, 2), 2).toString('hex')).toBe('01028000');
  });

  it('takes views of larger memory', () => {
    const memory = Uint8Array.of(9, 9, 1, 0x80, 0, 9);
    expect(unpad(memory.subarray(2, 5))).toEqual(Buffer.of(1));
  });

  it.each([0, -1, 1.5, NaN, Infinity])('refuses a bucket of %d bytes', (bucket) => {
    expect(() => pad(Uint8Array.of(1), bucket)).toThrow(expect.objectContaining({ code: 'vault.bad-input' }));
  });

  it.each(['', '00', '000000', '01', '0180ff', '018001', '7f00'])('refuses %j as padded bytes', (hex) => {
    expect(() => unpad(Buffer.from(hex, 'hex'))).toThrow(new VaultError('vault.unopenable'));
  });
});
