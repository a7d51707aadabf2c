import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { VaultError } from './errors.ts';
import { lengthPrefixed } from './length-prefix.ts';

describe('lengthPrefixed', () => {
  it('writes each part behind its length in bytes', () => {
    expect(lengthPrefixed(['é', Uint8Array.of(7), '']).toString('hex')).toBe('00000002c3a9000000010700000000');
    expect(lengthPrefixed(['a'], Uint8Array.of(9, 8)).toString('hex')).toBe('09080000000161');
    expect(lengthPrefixed([])).toHaveLength(0);
  });

  it('gives different bytes for different lists', () => {
    const lists = fc.array(fc.string({ unit: 'binary', maxLength: 5 }), { maxLength: 5 });
    fc.assert(
      fc.property(lists, lists, (one, two) => {
        const areEqual = one.length === two.length && one.every((part, index) => part === two[index]);
        expect(lengthPrefixed(one).equals(lengthPrefixed(two))).toBe(areEqual);
      }),
      { numRuns: 500 },
    );
    expect(lengthPrefixed(['ab', 'c'])).not.toEqual(lengthPrefixed(['a', 'bc']));
  });

  it('refuses lone surrogates and takes pairs', () => {
    expect(() => lengthPrefixed(['a\ud800b'])).toThrow(new VaultError('vault.bad-input', 'text is not valid Unicode'));
    expect(() => lengthPrefixed(['\udc00'])).toThrow(VaultError);
    expect(lengthPrefixed(['\u{1f34e}'])).toHaveLength(8);
  });
});
