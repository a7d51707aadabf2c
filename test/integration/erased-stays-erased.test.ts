/** What comes late for something whose key was destroyed is not stored, and does not come back as something new. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type IngestWorld, openIngestWorld } from '#test/support/ingest-world.ts';

const SHOP = 'erased.myshopify.com';
let world: IngestWorld;
let shopId: string;

beforeAll(async () => {
  world = await openIngestWorld();
  shopId = await world.addShop(SHOP);
});
afterAll(() => world.close());

/** Yesterday, so that nothing is too old to be taken in, in whatever year the tests run. */
const DAY = new Date(Date.now() - 24 * 3_600_000).toISOString().slice(0, 10);
const lines = [{ variant_id: 1, product_id: 2, title: 'Mug', quantity: 1, price: '9.00' }];
const customer = (updatedAt: string) => ({
  id: 77,
  email: 'amina@example.com',
  first_name: 'Amina',
  updated_at: updatedAt,
});

async function tell(minute: number): Promise<void> {
  const at = `${DAY}T10:${String(minute).padStart(2, '0')}:00Z`;
  const body = { updated_at: at, created_at: `${DAY}T10:00:00Z`, currency: 'CAD', line_items: lines };
  const webhooks = [
    { topic: 'carts/update', body: { ...body, token: 'cart-1' } },
    { topic: 'checkouts/update', body: { ...body, token: 'checkout-1', cart_token: 'cart-1', customer: customer(at) } },
    { topic: 'orders/updated', body: { ...body, id: 5, cart_token: 'cart-1', customer: customer(at) } },
    { topic: 'customers/update', body: customer(at) },
  ];
  for (const { topic, body: told } of webhooks) {
    const sent = 'id' in told ? told : { ...told };
    expect(await world.post({ shop: SHOP, topic, body: JSON.stringify(sent) })).toBe(200);
  }
  await world.apply(shopId);
}

/** Every byte of the shop's rows. */
const rows = () =>
  Promise.all(
    ['carts', 'cart_states', 'checkouts', 'orders', 'people'].map((table) =>
      world.superuser(`SELECT to_jsonb(t) AS row FROM app.${table} t ORDER BY 1`),
    ),
  );

describe('after keys were destroyed', () => {
  it.each(['person', 'checkout', 'order', 'cart'])('a late webhook leaves the erased %s as it is', async (scope) => {
    await world.superuser('TRUNCATE inbox.events, app.carts, app.cart_states, app.checkouts, app.orders, app.people');
    await tell(1);
    const destroyed = await world.superuser('DELETE FROM keys.subject_keys WHERE scope = $1 RETURNING 1 AS one', [
      scope,
    ]);
    expect(destroyed.length).toBeGreaterThan(0);
    const counts = (await rows()).map((table) => table.length);

    await tell(9);

    expect((await rows()).map((table) => table.length)).toEqual(scope === 'cart' ? counts : withOneMoreState(counts));
    expect(await world.superuser('SELECT failure_code FROM inbox.events WHERE failure_code IS NOT NULL')).toEqual([]);
    expect(await world.superuser('SELECT 1 AS one FROM keys.subject_keys WHERE scope = $1', [scope])).toEqual([]);
    expect(await world.superuser('SELECT 1 AS one FROM inbox.events WHERE sealed IS NOT NULL')).toEqual([]);
  });
});

function withOneMoreState(counts: readonly number[]): number[] {
  return counts.map((count, index) => (index === 1 ? count + 1 : count));
}
