import fc from 'fast-check';
import { expect, it } from 'vitest';

import { masked } from './mask.ts';

it.each([
  ['Jette', 'J•••'],
  ['J', 'J•••'],
  ['  Jette', 'J•••'],
  ['jette@example.com', 'j•••@…'],
  ['@example.com', '•••@…'],
  ['Å', 'Å•••'],
  ['', '•••'],
])('%j is %j', (value, mask) => {
  expect(masked(value)).toBe(mask);
});

it('tells one letter and neither length nor domain', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 2 }), fc.string({ minLength: 2 }), (a, b) => {
      expect(masked(`x${a.replaceAll('@', '')}`)).toBe(masked(`x${b.replaceAll('@', '')}`));
      expect(masked(`x${a}@b.example`)).toBe(masked(`x${b}@c.test`));
    }),
  );
});
