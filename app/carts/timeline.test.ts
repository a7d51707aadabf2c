import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Line } from '#app/carts/line.ts';
import { type LineChange, lineChanges, timelineOf } from '#app/carts/timeline.ts';

const line = (variantId: string | null, quantity: number, unitMinor: number | null = 100, title = 'Mug'): Line => ({
  variantId,
  productId: '1',
  title,
  variantTitle: null,
  quantity,
  unitMinor,
  lineMinor: unitMinor === null ? null : quantity * unitMinor,
});
const kinds = (changes: readonly LineChange[]) => changes.map(({ kind }) => kind);

describe('the changes between two states', () => {
  it('are additions, removals, quantities and prices', () => {
    expect(kinds(lineChanges([], [line('1', 2)]))).toEqual(['added']);
    expect(kinds(lineChanges([line('1', 2)], []))).toEqual(['removed']);
    expect(lineChanges([line('1', 2)], [line('1', 5)])).toEqual([
      { kind: 'quantity', item: { title: 'Mug', variantTitle: null }, from: 2, to: 5 },
    ]);
    expect(kinds(lineChanges([line('1', 2, 100)], [line('1', 2, 90)]))).toEqual(['price']);
    expect(lineChanges([line('1', 2, null)], [line('1', 2, 90)])).toEqual([]);
  });

  it('count lines of one variant together, and a line without items as no line', () => {
    expect(lineChanges([line('1', 1), line('1', 2)], [line('1', 3)])).toEqual([]);
    expect(lineChanges([line('1', 1)], [line('1', 1), line('2', 0)])).toEqual([]);
  });

  it('tell custom items apart by their names', () => {
    expect(kinds(lineChanges([line(null, 1, 100, 'A')], [line(null, 1, 100, 'B')]))).toEqual(['added', 'removed']);
  });

  it('are none between a state and the same lines in another order', () => {
    const lines = fc.array(
      fc
        .record({ id: fc.constantFrom('1', '2', '3'), quantity: fc.nat({ max: 4 }) })
        .map((one) => line(one.id, one.quantity)),
    );
    fc.assert(
      fc.property(lines, (state) => {
        expect(lineChanges(state, state.toReversed())).toEqual([]);
      }),
    );
  });
});

describe('the timeline', () => {
  const states = [
    { atMs: 1, quantity: 1 },
    { atMs: 2, quantity: 1 },
    { atMs: 5, quantity: 3 },
  ].map(({ atMs, quantity }) => ({ changedAtMs: atMs, lines: [line('1', quantity)] }));

  it('is newest first and leaves out states in which nothing shown changed', () => {
    const marks = [{ kind: 'checkout-started', atMs: 3 }] as const;
    expect(timelineOf(states, marks, true).map(({ kind, atMs }) => [kind, atMs])).toEqual([
      ['changed', 5],
      ['checkout-started', 3],
      ['started', 1],
    ]);
  });

  it('does not call it the start when older states are left out', () => {
    expect(timelineOf(states, [], false).map(({ kind }) => kind)).toEqual(['changed']);
  });

  it('puts the order above the change of the same moment', () => {
    const marks = [{ kind: 'order-placed', atMs: 5, orderName: '#1' }] as const;
    expect(timelineOf(states, marks, true).map(({ kind }) => kind)).toEqual(['order-placed', 'changed', 'started']);
  });
});
