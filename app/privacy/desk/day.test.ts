import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { dayOf, noonOf } from '#app/privacy/desk/day.ts';

const ZONES = ['America/Toronto', 'Asia/Tokyo', 'Pacific/Auckland', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', null];

describe('days of the shop', () => {
  it('are those of its calendar, not those of UTC', () => {
    const evening = new Date('2026-11-27T01:30:00Z');
    expect(dayOf(evening, 'America/Toronto')).toBe('2026-11-26');
    expect(dayOf(evening, 'Asia/Tokyo')).toBe('2026-11-27');
    expect(dayOf(evening, null)).toBe('2026-11-27');
    expect(dayOf(evening, 'Nowhere/Land')).toBe('2026-11-27');
  });

  it('have their noon there', () => {
    expect(noonOf('2026-11-26', 'Pacific/Auckland')?.toISOString()).toBe('2026-11-25T23:00:00.000Z');
    expect(noonOf('2026-11-26', 'America/Toronto')?.toISOString()).toBe('2026-11-26T17:00:00.000Z');
    // The clock is changed in that night.
    expect(noonOf('2026-11-01', 'America/Toronto')?.toISOString()).toBe('2026-11-01T17:00:00.000Z');
    expect(noonOf('2026-11-26', null)?.toISOString()).toBe('2026-11-26T12:00:00.000Z');
  });

  it.each(['', 'tomorrow', '2026-02-31', '2026-13-01', '26.11.2026', '2026-11-26T00:00'])('%j is none', (day) => {
    expect(noonOf(day, 'America/Toronto')).toBeNull();
  });

  it('are the same there and back, everywhere', () => {
    const at = fc.date({ min: new Date('2026-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(at, fc.constantFrom(...ZONES), (moment, zone) => {
        const day = dayOf(moment, zone);
        const noon = noonOf(day, zone);
        expect(noon === null ? null : dayOf(noon, zone)).toBe(day);
        expect(Math.abs((noon?.getTime() ?? NaN) - moment.getTime())).toBeLessThanOrEqual(13 * 3_600_000);
      }),
    );
  });
});
