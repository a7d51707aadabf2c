/** A customer deleted in Shopify: recorded if we hold them, in whatever order it comes, and not a trace of strangers. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';

import { type IngestWorld, openIngestWorld } from '#test/support/ingest-world.ts';

const SHOP = 'deleted.myshopify.com';
let world: IngestWorld;
let shopId: string;

beforeAll(async () => {
  world = await openIngestWorld();
  shopId = await world.addShop(SHOP);
});
afterAll(() => world.close());
beforeEach(() =>
  world.superuser(
    'TRUNCATE inbox.events, app.carts, app.cart_states, app.checkouts, app.orders, app.people, app.privacy_requests CASCADE',
  ),
);

const deletion = { shop: SHOP, topic: 'customers/delete', body: JSON.stringify({ id: 7 }) };
const checkout = {
  shop: SHOP,
  topic: 'checkouts/create',
  body: JSON.stringify({
    token: 'c',
    cart_token: 't',
    line_items: [],
    customer: { id: 7, email: 'amina@example.com' },
  }),
};
const requests = () =>
  world.superuser<{ topic: string }>('SELECT topic FROM app.privacy_requests, app.privacy_request_steps');

it.each([
  ['after the cart', [[checkout], [deletion]]],
  ['with it', [[deletion, checkout]]],
  ['before it', [[deletion], [checkout]]],
])('is recorded when it comes %s', async (_, batches) => {
  for (const batch of batches) {
    for (const webhook of batch) expect(await world.post(webhook)).toBe(200);
    await world.apply(shopId);
  }
  expect(await requests()).toEqual([{ topic: 'customers/delete' }]);
  expect(await world.superuser('SELECT 1 AS one FROM inbox.events WHERE sealed IS NOT NULL')).toEqual([]);
});

it('of a stranger is recorded nowhere', async () => {
  expect(await world.post(deletion)).toBe(200);
  await world.apply(shopId);
  expect(await requests()).toEqual([]);
});
