import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { findUnusual, HISTORY_DAYS, type HourOfAccess, THRESHOLDS } from '#app/access/log/unusual.ts';

const TODAY = '2026-11-26';
const dayBefore = (days: number) => new Date(Date.UTC(2026, 10, 26 - days)).toISOString().slice(0, 10);
const ANN = 'staff:00000000000000000000000000000001';

const hour = (more: Partial<HourOfAccess> = {}): HourOfAccess => ({
  actor: ANN,
  day: TODAY,
  hour: 10,
  views: 1,
  opened: 1,
  failed: 0,
  denied: 0,
  exports: 0,
  lastSeq: 1n,
  ...more,
});
/** Ten working days of ten opened a day, at ten in the morning. */
const USUAL = Array.from({ length: 10 }, (_, n) => hour({ day: dayBefore(n + 1), opened: 10, views: 10 }));
const rules = (hours: readonly HourOfAccess[]) => findUnusual(hours, TODAY).map(({ rule }) => rule);

describe('unusual access', () => {
  it('is not a usual day, nor a day without anything', () => {
    expect(rules([...USUAL, hour({ opened: 12 })])).toEqual([]);
    expect(rules(USUAL)).toEqual([]);
    expect(rules([])).toEqual([]);
  });

  it('is somebody who was not here in the weeks before', () => {
    expect(rules([hour()])).toEqual(['first-time']);
    expect(rules([hour({ day: dayBefore(HISTORY_DAYS) }), hour()])).toEqual([]);
  });

  it('is more than fifty, and more than three usual days', () => {
    expect(rules([...USUAL, hour({ opened: THRESHOLDS.volumeAtLeast - 1 })])).toEqual([]);
    expect(
      findUnusual([...USUAL, hour({ opened: 30, lastSeq: 7n }), hour({ hour: 11, opened: 20, lastSeq: 9n })], TODAY),
    ).toEqual([{ rule: 'volume', actor: ANN, day: TODAY, count: 50, threshold: 50, lastSeq: 9n }]);
    const busy = USUAL.map((one) => ({ ...one, opened: 100 }));
    expect(rules([...busy, hour({ opened: 299 })])).toEqual([]);
    expect(findUnusual([...busy, hour({ opened: 300 })], TODAY)).toMatchObject([{ rule: 'volume', threshold: 300 }]);
  });

  it('is an hour far from every usual one, for whoever has been here some days', () => {
    expect(rules([...USUAL, hour({ hour: 11 }), hour({ hour: 9 })])).toEqual([]);
    expect(findUnusual([...USUAL, hour({ hour: 3, views: 4 })], TODAY)).toMatchObject([{ rule: 'hour', count: 4 }]);
    expect(rules([...USUAL.slice(0, THRESHOLDS.hourAfterDays - 1), hour({ hour: 3 })])).toEqual([]);
    const midnight = USUAL.map((one) => ({ ...one, hour: 0 }));
    expect(rules([...midnight, hour({ hour: 23 }), hour({ hour: 1 })])).toEqual([]);
  });

  it('is a value that did not open, whoever asked; many refusals; an export; an operator', () => {
    expect(rules([...USUAL, hour({ failed: 1 })])).toEqual(['failed']);
    expect(rules([hour({ actor: 'system:packages', failed: 1 })])).toEqual(['failed']);
    expect(rules([hour({ actor: 'system:packages', opened: 10_000, hour: 3 })])).toEqual([]);
    expect(rules([...USUAL, hour({ denied: 4 })])).toEqual([]);
    expect(rules([...USUAL, hour({ denied: 3 }), hour({ hour: 11, denied: 2 })])).toEqual(['denied']);
    expect(rules([...USUAL, hour({ exports: 1 })])).toEqual(['export']);
    expect(rules([hour({ actor: 'operator:root' })])).toEqual(['operator']);
  });

  it('is about each by themselves: what others do changes nothing', () => {
    const hours = fc.array(
      fc.record({
        actor: fc.constantFrom('staff:2', 'staff:3', 'operator:root', 'system:x'),
        day: fc.integer({ min: 0, max: HISTORY_DAYS }).map(dayBefore),
        hour: fc.integer({ min: 0, max: 23 }),
        views: fc.nat(300),
        opened: fc.nat(3000),
        failed: fc.nat(2),
        denied: fc.nat(9),
        exports: fc.nat(2),
        lastSeq: fc.bigInt({ min: 1n, max: 1_000_000n }),
      }),
    );
    const mine = [...USUAL, hour({ opened: 80 })];
    fc.assert(
      fc.property(hours, (others) => {
        const found = findUnusual([...others, ...mine], TODAY).filter(({ actor }) => actor === ANN);
        expect(found).toEqual(findUnusual(mine, TODAY));
        for (const { count, threshold } of findUnusual(others, TODAY)) expect(count).toBeGreaterThanOrEqual(threshold);
      }),
    );
  });
});
