import { describe, expect, it } from 'vitest';

import { formatMoney } from '#app/ui/format/money.ts';
import { formatAgo, formatHeard, formatTime, formatTimeFully } from '#app/ui/format/time.ts';

describe('money', () => {
  const cad = { currency: 'CAD', moneyFormat: '${{amount}}' };

  it.each([
    [cad, 123456, '$1,234.56'],
    [cad, 5, '$0.05'],
    [cad, -1999, '$-19.99'],
    [{ currency: 'EUR', moneyFormat: '{{amount_with_comma_separator}} €' }, 123456, '1.234,56 €'],
    [{ currency: 'CHF', moneyFormat: 'Fr. {{ amount_with_apostrophe_separator }}' }, 123456789, "Fr. 1'234'567.89"],
    [{ currency: 'SEK', moneyFormat: '{{amount_no_decimals_with_space_separator}} kr' }, 120000, '1 200 kr'],
    [{ currency: 'SEK', moneyFormat: '{{amount_no_decimals_with_space_separator}} kr' }, 120050, '1 200,50 kr'],
    [{ currency: 'JPY', moneyFormat: '¥{{amount_no_decimals}}' }, 1500, '¥1,500'],
    [{ currency: 'KWD', moneyFormat: '{{amount}} KD' }, 1500, '1.500 KD'],
    [{ currency: 'USD', moneyFormat: '<span class=money>${{amount}}</span>' }, 100, '$1.00'],
  ])('%j writes %i as %j', (style, minor, written) => {
    expect(formatMoney(minor, style.currency, style)).toBe(written);
  });

  it('of another currency is never taken for the shop’s own', () => {
    expect(formatMoney(1999, 'EUR', cad)).toBe('€19.99 EUR');
    expect(formatMoney(1500, 'JPY', cad)).toBe('¥1,500 JPY');
    expect(formatMoney(1999, 'USD', cad)).toBe('$19.99 USD');
    expect(formatMoney(1999, 'CAD', { currency: 'USD', moneyFormat: '${{amount}}' })).toBe('$19.99 CAD');
    expect(formatMoney(1500, 'KWD', cad)).toMatch(/^KWD\s1\.500$/);
  });

  it('is written plainly where the template is of no use', () => {
    expect(formatMoney(1999, 'EUR', { currency: 'EUR', moneyFormat: 'free' })).toBe('€19.99');
    expect(formatMoney(1999, null, { currency: null, moneyFormat: null })).toBe('19.99');
    expect(formatMoney(1999, 'not a code', cad)).toBe('19.99 not a code');
  });
});

describe('time', () => {
  const now = Date.UTC(2026, 10, 23, 12);
  const ago = (ms: number) => formatAgo(now - ms, now, 'America/Toronto');

  it('is relative up to a day, then absolute in the shop’s zone', () => {
    expect(ago(-5_000)).toBe('just now');
    expect(ago(9_000)).toBe('just now');
    expect(ago(59_000)).toBe('59 s ago');
    expect(ago(3_599_000)).toBe('59 min ago');
    expect(ago(23 * 3_600_000)).toBe('23 h ago');
    expect(ago(24 * 3_600_000)).toBe('22 Nov, 07:00');
  });

  it('names the year when it is another one, as the shop’s calendar says', () => {
    const newYear = Date.UTC(2027, 0, 1, 3);
    expect(formatTime(newYear, now, 'America/Toronto')).toBe('31 Dec, 22:00');
    expect(formatTime(newYear, now, 'Asia/Tokyo')).toBe('1 Jan 2027, 12:00');
  });

  it('says in full which zone it means', () => {
    expect(formatTimeFully(now, 'Europe/Berlin')).toBe('23 Nov 2026, 13:00:00 (Europe/Berlin)');
    expect(formatTimeFully(now, null)).toBe('23 Nov 2026, 12:00:00 (UTC)');
    expect(formatTimeFully(now, 'Nowhere/Land')).toContain('12:00:00');
  });

  it('counts every second of what was heard', () => {
    expect(formatHeard(now - 4_000, now, null)).toBe('4 s ago');
    expect(formatHeard(now + 4_000, now, null)).toBe('just now');
    expect(formatHeard(now - 120_000, now, null)).toBe('2 min ago');
  });
});
