import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { dueAtOf, extendedDueAtOf, stopsTheClock } from './clock.ts';
import { REGIMES } from './kinds.ts';

const at = (text: string) => new Date(`${text}T10:00:00Z`);

describe('when a request is due', () => {
  it.each([
    ['shopify', '2026-11-23', '2026-12-23'],
    ['gdpr', '2026-11-23', '2026-12-23'],
    ['gdpr', '2026-01-31', '2026-02-28'],
    ['gdpr', '2028-01-31', '2028-02-29'],
    ['gdpr', '2026-12-31', '2027-01-31'],
    ['ccpa', '2026-11-23', '2027-01-07'],
  ] as const)('%s, received %s: %s', (regime, received, due) => {
    expect(dueAtOf(regime, at(received))).toEqual(at(due));
  });

  it.each([
    ['gdpr', '2026-11-30', '2027-02-28'],
    ['ccpa', '2026-11-23', '2027-02-21'],
  ] as const)('%s, received %s and extended: %s', (regime, received, due) => {
    expect(extendedDueAtOf(regime, at(received))).toEqual(at(due));
  });

  it('is never extended for Shopify', () => {
    expect(extendedDueAtOf('shopify', at('2026-11-23'))).toBeNull();
  });

  it('lies within the month and the extension after it, whenever it was received', () => {
    const times = fc.date({ min: at('2020-01-01'), max: at('2060-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(times, fc.constantFrom(...REGIMES), (received, regime) => {
        const days = (due: Date) => (due.getTime() - received.getTime()) / 86_400_000;
        const due = days(dueAtOf(regime, received));
        expect(due).toBeGreaterThanOrEqual(28);
        expect(due).toBeLessThanOrEqual(45);
        const extended = extendedDueAtOf(regime, received);
        if (extended !== null) expect(days(extended) - due).toBeGreaterThanOrEqual(45);
      }),
    );
  });
});

describe('the clock', () => {
  it('stands still for doubt about who asks, under the GDPR alone', () => {
    expect(stopsTheClock('gdpr', 'identity')).toBe(true);
    expect(stopsTheClock('ccpa', 'identity')).toBe(false);
    expect(stopsTheClock('gdpr', 'legal-claims')).toBe(false);
    expect(stopsTheClock('shopify', 'legal-obligation')).toBe(false);
  });
});
