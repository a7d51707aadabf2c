import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { formatCursor, getCursor } from '#app/carts/cursor.ts';
import { customerCodeOf } from '#app/carts/customer-code.ts';
import { parseListAddress } from '#app/carts/list-address.ts';

describe('a cursor', () => {
  it('says the same after a way through an address', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 42 }), fc.uuid({ version: 7 }), (lastChangedAtMs, id) => {
        const text = formatCursor({ lastChangedAtMs, id });
        expect(encodeURIComponent(text)).toBe(text);
        expect(getCursor(text)).toEqual({ lastChangedAtMs, id });
      }),
    );
  });

  it('is null for everything else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!/^[\w-]{30}$/.test(text));
        expect(getCursor(text)).toBeNull();
      }),
    );
    expect(getCursor(null)).toBeNull();
  });
});

describe('a customer code', () => {
  it.each([
    ['7f3k', '7F3K'],
    [' Customer 7F3K ', '7F3K'],
    ['o1il', '0111'],
    ['', null],
    [null, null],
    ['maude@example.com', '-'],
    ['abc', '-'],
  ])('%j is read as %j', (typed, code) => {
    expect(customerCodeOf(typed)).toBe(code);
  });
});

describe('the address of the list', () => {
  it('means the beginning of all carts where it says nothing we know', () => {
    const query = parseListAddress(new URLSearchParams('view=everything&after=garbage&page=9'));
    expect(query).toEqual({ view: 'all', code: null, after: null });
  });
});
