import { describe, expect, it } from 'vitest';

import { cartEffect } from '#app/carts/apply/effects.ts';
import { projectPayload } from '#app/shopify/payloads/project.ts';

const NOW = new Date('2026-11-26T12:00:00Z');

/** What comes of a cart's webhook whose body has this for lines. */
function effectOf(lines: unknown) {
  const body = { token: 'hWNA7fQ2', updated_at: '2026-11-26T11:59:58Z', line_items: lines };
  const projected = projectPayload('carts/update', JSON.parse(JSON.stringify(body)));
  if (!projected.ok) throw new Error(`refused: ${projected.paths.join()}`);
  return cartEffect(
    {
      topic: 'carts/update',
      body: projected.body,
      receivedAt: NOW,
      triggeredAt: NOW,
      webhookId: null,
      digest: Buffer.alloc(32),
      row: { day: '2026-11-26', topic: 0, digest: Buffer.alloc(32) },
    },
    'CAD',
  );
}

describe('what a webhook says of what is in a cart', () => {
  it('is what it names', () => {
    expect(effectOf([{ title: 'Mug', quantity: 2, price: '9.50', line_price: '19.00' }])).toMatchObject({
      kind: 'cart-state',
      summary: { itemCount: 2, valueMinor: 1900n, currency: 'CAD' },
    });
  });

  it.each([[[]], [null]])('is nothing, if the lines are %j', (lines) => {
    expect(effectOf(lines)).toMatchObject({ kind: 'cart-state', lines: [], summary: { itemCount: 0 } });
  });

  it('stays as it was, if the lines are left out', () => {
    expect(effectOf(undefined)).toBeNull();
  });
});
