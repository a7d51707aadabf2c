import { describe, expect, it } from 'vitest';

import { getMoneyFormat, getTimeZone } from '#app/shopify/shop-values.ts';

describe('what a shop says of itself', () => {
  it('keeps time zones there are', () => {
    expect(['America/Toronto', 'UTC', 'Not/AZone', '', null].map(getTimeZone)).toEqual([
      'America/Toronto',
      'UTC',
      null,
      null,
      null,
    ]);
  });

  it('keeps money formats that are some', () => {
    const formats = [
      '${{amount}}',
      '{{ amount_no_decimals }} kr',
      'free',
      `\u0000{{amount}}`,
      `{{amount}}${'x'.repeat(300)}`,
      null,
    ];
    expect(formats.map(getMoneyFormat)).toEqual(['${{amount}}', '{{ amount_no_decimals }} kr', null, null, null, null]);
  });
});
