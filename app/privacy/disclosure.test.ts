import { describe, expect, it } from 'vitest';

import { shopperDisclosures } from '#app/privacy/disclosure.ts';
import { onboardingTexts } from '#app/ui/texts/agreement.ts';

describe('what the first page says is processed', () => {
  it('has a word for every field of the registry', () => {
    const fields = shopperDisclosures().flatMap((disclosure) => disclosure.fields);
    expect(fields).toContain('firstName');
    for (const field of fields) expect(onboardingTexts.fields, field).toHaveProperty(field);
  });

  it('tells of names, e-mail, place and cart contents', () => {
    const purposes = shopperDisclosures().map(({ purpose }) => purpose);
    expect(purposes).toEqual([
      'customer-service',
      'customer-link',
      'cart-activity',
      'order-geography',
      'privacy-requests',
    ]);
  });
});
