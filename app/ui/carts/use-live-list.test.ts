import { expect, it } from 'vitest';

import type { CartRow } from '#app/carts/row.ts';
import { changedIds, mergeRows } from '#app/ui/carts/use-live-list.ts';

const row = (id: string, itemCount: number): CartRow => ({
  id,
  personId: null,
  personCode: null,
  itemCount,
  valueMinor: 100,
  currency: 'CAD',
  startedAtMs: 1,
  lastChangedAtMs: 2,
  checkoutAtMs: null,
  checkoutDeletedAtMs: null,
  orderedAtMs: null,
  isCancelled: false,
});

it('changes rows in their place, moves none, adds none', () => {
  const loaded = [row('a', 1), row('b', 1), row('c', 1)];
  const merged = mergeRows(loaded, [row('c', 5), row('a', 1), row('z', 9)]);
  expect(merged.map(({ id, itemCount }) => [id, itemCount])).toEqual([
    ['a', 1],
    ['b', 1],
    ['c', 5],
  ]);
  expect(merged[0]).toBe(loaded[0]);
});

it('marks what is new or different', () => {
  expect(changedIds([row('a', 1), row('b', 1)], [row('n', 1), row('a', 1), row('b', 2)])).toEqual(['n', 'b']);
});
