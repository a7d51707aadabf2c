import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { getCurrency, minorDigits, parseMinor } from '#app/carts/money.ts';

describe('parseMinor', () => {
  it.each([
    ['38.00', 'CAD', 3800n],
    ['38', 'CAD', 3800n],
    ['0.5', 'EUR', 50n],
    ['1200', 'JPY', 1200n],
    ['1200.00', 'JPY', 1200n],
    ['1.2345', 'KWD', 1235n],
    ['-3.005', 'CAD', -301n],
    ['90071992547409.93', 'CAD', 9007199254740993n],
  ])('reads %s %s exactly', (text, currency, minor) => {
    expect(parseMinor(text, currency)).toBe(minor);
  });

  it.each(['', 'abc', '1,50', '1e5', ' 1', '.5', null, undefined])('knows that %j is no amount', (text) => {
    expect(parseMinor(text, 'CAD')).toBeNull();
  });

  it('reads back every amount that has no more digits than its currency', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 15n - 1n }),
        fc.constantFrom('CAD', 'JPY', 'BHD'),
        (minor, currency) => {
          const digits = minorDigits(currency);
          const padded = minor.toString().padStart(digits + 1, '0');
          const text = digits === 0 ? padded : `${padded.slice(0, -digits)}.${padded.slice(-digits)}`;
          expect(parseMinor(text, currency)).toBe(minor);
        },
      ),
    );
  });
});

describe('getCurrency', () => {
  it('lets codes through and nothing else', () => {
    expect(['CAD', 'cad', 'CADX', 'someone@example.com', '', null].map(getCurrency)).toEqual([
      'CAD',
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});
