import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  type FieldClaims,
  mergeRegisters,
  parseRegisterDocument,
  type RegisterDocument,
} from '#app/shopify/registers.ts';

const claims: fc.Arbitrary<FieldClaims> = fc.dictionary(
  fc.constantFrom('email', 'firstName', 'country'),
  fc.oneof(fc.constant(undefined), fc.constant(null), fc.constantFrom('a', 'b', 'c')),
);
/** Distinct stamps: two events never share one, since the digest of the content is part of it. */
const history = fc.uniqueArray(fc.record({ stamp: fc.integer({ min: 100, max: 999 }).map(String), claims }), {
  selector: (event) => event.stamp,
  maxLength: 8,
});

function replay(events: readonly { stamp: string; claims: FieldClaims }[]): RegisterDocument | null {
  return events.reduce<RegisterDocument | null>(
    (document, event) => mergeRegisters(document, event.stamp, event.claims),
    null,
  );
}

describe('register documents', () => {
  it('end the same in any order and with any repetition', () => {
    fc.assert(
      fc.property(history, fc.infiniteStream(fc.nat()), (events, random) => {
        const doubled = [...events, ...events];
        const shuffled = doubled
          .map((event) => ({ event, key: random.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ event }) => event);
        const inOrder = [...events].sort((a, b) => (a.stamp < b.stamp ? -1 : 1));
        expect(replay(shuffled)?.v ?? {}).toEqual(replay(inOrder)?.v ?? {});
      }),
    );
  });

  it('give the same bytes for the same history when a field was said', () => {
    const first = { stamp: '100', claims: { email: 'a' } };
    const second = { stamp: '200', claims: { firstName: 'b' } };
    expect(JSON.stringify(replay([first, second]))).toBe(JSON.stringify(replay([second, first, first])));
  });

  it('keep a field that the later event leaves out, and clear one that it sets to null', () => {
    const document = replay([
      { stamp: '100', claims: { email: 'a', country: 'CA' } },
      { stamp: '200', claims: { email: undefined, country: null } },
    ]);
    expect(document?.v).toEqual({ email: 'a', country: null });
  });

  it('do not let an older event overwrite, field by field', () => {
    const document = replay([
      { stamp: '300', claims: { email: 'new' } },
      { stamp: '200', claims: { email: 'old', firstName: 'late but only word' } },
    ]);
    expect(document?.v).toEqual({ email: 'new', firstName: 'late but only word' });
  });

  it('come back as the same object when nothing changed', () => {
    const document = replay([{ stamp: '200', claims: { email: 'a' } }]);
    expect(mergeRegisters(document, '100', { email: 'b' })).toBe(document);
  });

  it('refuse what they did not write', () => {
    expect(() => parseRegisterDocument({ v: {} })).toThrow();
  });
});
