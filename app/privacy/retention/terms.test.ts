import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { PRESET_TERMS, RETENTION_CLASSES, RETENTION_RULES, type RetentionRuleName } from '#app/privacy/retention.ts';
import { findClockProblem } from '#app/privacy/retention/clock.ts';
import { type RetentionSettings, termsInForce } from '#app/privacy/retention/settings.ts';
import { endOfTerm, isExpired, parseTerms, scanBound, termsOf } from '#app/privacy/retention/terms.ts';

const at = (text: string) => new Date(text);
const HOUR = 3_600_000;

describe('the end of a term', () => {
  it.each([
    ['2026-01-31T10:00:00.000Z', 1, 'months', '2026-02-28T10:00:00.000Z'],
    ['2028-01-31T10:00:00.000Z', 1, 'months', '2028-02-29T10:00:00.000Z'],
    ['2028-02-29T23:59:59.999Z', 12, 'months', '2029-02-28T23:59:59.999Z'],
    ['2025-11-30T00:00:00.000Z', 13, 'months', '2026-12-30T00:00:00.000Z'],
    ['2026-05-05T05:05:05.005Z', 0, 'months', '2026-05-05T05:05:05.005Z'],
    // A night on which clocks are put forward is as long as any other.
    ['2026-03-28T12:00:00.000Z', 7, 'days', '2026-04-04T12:00:00.000Z'],
    ['2026-10-24T12:00:00.000Z', 7, 'days', '2026-10-31T12:00:00.000Z'],
  ] as const)('%s and %i %s later is %s', (from, count, unit, end) => {
    expect(endOfTerm(at(from), count, unit).toISOString()).toBe(end);
  });

  it('is never before the scan starts to look', () => {
    const names = Object.keys(RETENTION_RULES) as RetentionRuleName[];
    fc.assert(
      fc.property(
        fc.date({ min: at('2020-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z'), noInvalidDate: true }),
        fc.constantFrom(...names),
        (from, rule) => {
          const end = endOfTerm(from, PRESET_TERMS[rule], RETENTION_RULES[rule].unit);
          expect(isExpired(PRESET_TERMS, rule, from, end)).toBe(true);
          expect(isExpired(PRESET_TERMS, rule, from, new Date(end.getTime() - 1))).toBe(false);
          expect(from.getTime()).toBeLessThanOrEqual(scanBound(PRESET_TERMS, [rule], end).getTime());
        },
      ),
    );
  });
});

describe('terms', () => {
  it('are presets within the limits, and no limit is more than the class promises', () => {
    for (const rule of Object.values(RETENTION_RULES)) {
      expect(rule.min).toBeLessThanOrEqual(rule.preset);
      expect(rule.preset).toBeLessThanOrEqual(rule.max);
      const promised = /(\d+) months/.exec(RETENTION_CLASSES[rule.class].limit)?.[1];
      // Who stays as long as one of theirs gets no months of their own.
      expect(rule.unit === 'months' ? rule.max : rule.max / 28).toBeLessThanOrEqual(
        promised === undefined ? 0 : Number(promised) + 1,
      );
    }
    expect(RETENTION_RULES.emptyCarts.max).toBeLessThan(365 + 28);
  });

  it('are read from storage within today’s limits', () => {
    expect(termsOf(null)).toEqual(PRESET_TERMS);
    expect(termsOf({ orders: 99, checkouts: 0, people: 'x', emptyCarts: 7.5 })).toMatchObject({
      orders: 13,
      checkouts: 1,
      people: 0,
      emptyCarts: 90,
    });
  });

  it('are taken from a form field by field', () => {
    const typed = (changes: Partial<Record<RetentionRuleName, string>>) => (name: RetentionRuleName) =>
      changes[name] ?? String(PRESET_TERMS[name]);
    expect(parseTerms(typed({ orders: ' 12 ', convertedCarts: '3' }))).toMatchObject({
      ok: true,
      terms: { orders: 12 },
    });
    expect(parseTerms(typed({ orders: '0', accessLog: '25', people: '-1', emptyCarts: '' }))).toEqual({
      ok: false,
      problems: { orders: 'too-short', accessLog: 'too-long', people: 'not-a-number', emptyCarts: 'not-a-number' },
    });
    expect(parseTerms(typed({ orders: '3', convertedCarts: '4' }))).toEqual({
      ok: false,
      problems: { convertedCarts: 'longer-than-orders' },
    });
  });
});

describe('settings in force', () => {
  const now = at('2026-11-26T03:00:00Z');
  const version = (number: number, hoursAgo: number, orders: number): RetentionSettings => ({
    version: number,
    terms: { ...PRESET_TERMS, orders },
    changedAt: new Date(now.getTime() - hoursAgo * HOUR),
    actor: 'staff:0',
  });
  const preset: RetentionSettings = { version: 0, terms: PRESET_TERMS, changedAt: null, actor: null };

  it('lengthen at once and shorten after a day', () => {
    expect(termsInForce([version(1, 1, 3), preset], now).orders).toBe(13);
    expect(termsInForce([version(1, 24, 3), preset], now).orders).toBe(3);
    expect(termsInForce([version(2, 1, 6), version(1, 48, 3), preset], now).orders).toBe(6);
    expect(termsInForce([version(3, 1, 2), version(2, 23, 6), version(1, 48, 3), preset], now).orders).toBe(6);
    expect(termsInForce([preset], now).orders).toBe(13);
  });
});

describe('the clock', () => {
  const now = at('2026-11-26T03:00:00Z');
  const before = (ms: number) => new Date(now.getTime() - ms);

  it('is believed when the database agrees and time went on as it does', () => {
    expect(findClockProblem(now, before(2000), before(24 * HOUR))).toBeNull();
    expect(findClockProblem(now, before(-2000), before(-HOUR))).toBeNull();
  });

  it('is not when the two differ, or a week is missing', () => {
    expect(findClockProblem(now, before(HOUR), now)).toBe('clock-differs');
    expect(findClockProblem(now, before(-HOUR), now)).toBe('clock-differs');
    expect(findClockProblem(now, now, before(8 * 24 * HOUR))).toBe('clock-jumped');
  });
});
