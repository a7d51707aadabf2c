/** What retention would have removed already is refused when it comes; what is kept still hears of its past. */
import { afterAll, beforeAll, expect, it } from 'vitest';

import { readRetention } from '#app/privacy/retention/page.ts';
import { type IngestWorld, openIngestWorld } from '#test/support/ingest-world.ts';

const SHOP = 'arrival.myshopify.com';
const DAY = 24 * 3_600_000;

let world: IngestWorld;
let shopId: string;
beforeAll(async () => {
  world = await openIngestWorld();
  shopId = await world.addShop(SHOP);
});
afterAll(() => world.close());

const at = (days: number) => new Date(Date.now() - days * DAY).toISOString();
const cart = (token: string, days: number, lines: object[]) => ({
  topic: 'carts/update',
  body: { id: token, token, created_at: at(days), updated_at: at(days), line_items: lines },
});
const order = (id: number, days: number, cartToken: string) => ({
  topic: 'orders/create',
  body: { id, cart_token: cartToken, created_at: at(days), updated_at: at(days), line_items: [], currency: 'CAD' },
});
const line = { id: 1, variant_id: 2, product_id: 3, title: 'Mug', quantity: 1, price: '5.00', line_price: '5.00' };

async function tell(...told: { topic: string; body: object }[]): Promise<void> {
  for (const { topic, body } of told) await world.post({ shop: SHOP, topic, body: JSON.stringify(body) });
  await world.apply(shopId);
}
const count = async (table: string) =>
  (await world.superuser(`SELECT 1 FROM app.${table} WHERE shop_id = $1`, [shopId])).length;

it('refuses carts and orders whose time is up, by what they are, and counts them', async () => {
  await tell(cart('long-gone', 420, [line]), cart('emptied', 100, []), order(1, 420, 'elsewhere'));
  expect([await count('carts'), await count('orders')]).toEqual([0, 0]);
  expect(world.logLines.some((text) => text.includes('retention.expired-on-arrival'))).toBe(true);
  const { refused } = await readRetention({ db: world.db, clock: () => new Date() }, shopId);
  expect(refused?.count).toBe(3);
});

it('takes what has its time still, and old words about what is kept', async () => {
  await tell(cart('kept', 100, [line]));
  expect(await count('carts')).toBe(1);
  await tell(cart('kept', 420, [line]));
  expect(await count('cart_states')).toBe(2);
});

it('takes the old cart of a younger order that comes with it', async () => {
  await tell(cart('bought', 420, [line]), order(2, 3, 'bought'));
  expect([await count('carts'), await count('orders')]).toEqual([2, 1]);
});
