/** Law 5: duplicates, any order, any delay give the same final state as one delivery in order. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startShopify, type ShopifyStandIn } from '#test/shopify/index.ts';
import { createRandom } from '#test/shopify/random.ts';
import { type IngestWorld, openIngestWorld } from '#test/support/ingest-world.ts';

const SHOP = 'atelier-nord.myshopify.com';
/** `npm run test:long -- any-order` sets these. */
const SEEDS = Number(process.env['LONG_SEEDS'] ?? 6);
const FIRST_SEED = Number(process.env['FIRST_SEED'] ?? 1);

/** Yesterday, so that nothing is too old to be taken in, in whatever year the tests run. */
const DAY = new Date(Date.now() - 24 * 3_600_000).toISOString().slice(0, 10);

interface Told {
  readonly topic: string;
  readonly body: string;
  readonly triggeredAt: Date;
}

let world: IngestWorld;
let shopify: ShopifyStandIn;
let story: Told[];
let shopId: string;

beforeAll(async () => {
  shopify = await startShopify({
    apiKey: 'key',
    apiSecret: 'secret-secret',
    dir: mkdtempSync(join(tmpdir(), 'ci-')),
    installed: [SHOP],
  });
  story = await tellStories(shopify);
  world = await openIngestWorld();
  shopId = await world.addShop(SHOP);
});

afterAll(async () => {
  await world.close();
  await shopify.close();
});

/** Three shoppers: one buys and is corrected later, one comes back as a guest and cancels, one abandons. */
async function tellStories(standIn: ShopifyStandIn): Promise<Told[]> {
  const storefront = standIn.storefront(SHOP, { send: false });
  const buyer = storefront.shopper(1);
  await buyer.addToCart();
  await buyer.addToCart();
  buyer.logIn();
  await buyer.startCheckout();
  await buyer.giveContact();
  await buyer.giveAddress({ country: 'CA' });
  await buyer.pay();
  await buyer.receiveParcel();
  await buyer.updateAccount();
  buyer.comeBack();
  await buyer.addToCart();
  const guest = storefront.shopper(2);
  await guest.addToCart();
  await guest.startCheckout();
  await guest.giveContact('guest@example.com');
  await guest.giveAddress({ country: 'DE' });
  await guest.pay();
  await guest.cancelOrder();
  const leaver = storefront.shopper(3);
  await leaver.addToCart();
  await leaver.addToCart();
  await leaver.startCheckout();
  await leaver.giveContact('late@example.com');
  await leaver.loseCheckout();
  await leaver.emptyCart();
  await leaver.addToCart();
  await leaver.startCheckout();
  // Shopify may leave an order's cart out: then the checkout tells.
  const told = storefront.events.map((event) => {
    const isOfGuest = event.topic.startsWith('orders/') && event.payload['email'] === 'guest@example.com';
    const body = JSON.stringify(isOfGuest ? { ...event.payload, cart_token: null } : event.payload);
    return { topic: event.topic, body, triggeredAt: event.triggeredAt };
  });
  const gid = (id: number) => `gid://shopify/Customer/${String(id)}`;
  const merge = {
    admin_graphql_api_customer_deleted_id: gid(buyer.customer.id),
    admin_graphql_api_customer_kept_id: gid(guest.customer.id),
    status: 'completed',
  };
  const kept = {
    ...merge,
    admin_graphql_api_customer_deleted_id: gid(guest.customer.id),
    admin_graphql_api_customer_kept_id: gid(4711),
  };
  // A checkout that moves on to another cart, and one of a cart that never sent a webhook.
  const moving = (cart: string, minute: number) => ({
    topic: 'checkouts/update',
    body: JSON.stringify({
      token: 'moving-checkout',
      cart_token: cart,
      created_at: `${DAY}T10:00:00Z`,
      updated_at: `${DAY}T10:${String(minute)}:00Z`,
      line_items: [{ quantity: 1, title: 'Mug', price: '9.00' }],
    }),
    triggeredAt: new Date(`${DAY}T10:${String(minute)}:01Z`),
  });
  told.push(moving('cart-a', 10), moving('cart-b', 11));
  const last = told.at(-1)?.triggeredAt ?? new Date();
  return [
    ...told,
    { topic: 'customers/merge', body: JSON.stringify(merge), triggeredAt: last },
    { topic: 'customers/merge', body: JSON.stringify(kept), triggeredAt: last },
  ];
}

async function deliver(events: readonly Told[], batches: number): Promise<unknown> {
  await world.superuser(
    `TRUNCATE app.carts, app.cart_states, app.checkouts, app.orders, app.people, app.person_aliases, inbox.events`,
  );
  const size = Math.ceil(events.length / batches);
  for (let start = 0; start < events.length; start += size) {
    for (const event of events.slice(start, start + size)) {
      expect(await world.post({ shop: SHOP, ...event })).toBe(200);
    }
    await world.apply(shopId);
  }
  return world.story(shopId);
}

describe('any order, any number of times', () => {
  it('tells a story with carts, checkouts, orders and people in it', async () => {
    const told = JSON.stringify(await deliver(story, 4));
    expect(new Set(story.map((event) => event.topic))).toEqual(
      new Set([
        'carts/create',
        'carts/update',
        'checkouts/create',
        'checkouts/update',
        'checkouts/delete',
        'orders/create',
        'orders/updated',
        'orders/cancelled',
        'customers/update',
        'customers/merge',
      ]),
    );
    expect(told).toContain('"firstName"');
    expect(told).toContain('"person_evidence":"customer-id"');
    expect(told).toContain('"person_evidence":"email"');
    expect(told).toContain('"cart_evidence":"cart-token"');
    expect(told).toContain('"cart_evidence":"checkout-token"');
  });

  /** Carts that say they changed before their checkout did, or are not bought in spite of an order: retention relies on there being none. */
  const olderThanTheirs = () =>
    world.superuser(
      `SELECT c.id FROM app.carts c WHERE c.ordered_at IS NULL
         AND EXISTS (SELECT FROM app.orders o WHERE o.shop_id = c.shop_id AND o.cart_id = c.id)
       UNION SELECT c.id FROM app.carts c JOIN app.checkouts k ON k.shop_id = c.shop_id AND k.cart_id = c.id
       WHERE k.changed_at > c.last_changed_at`,
    );

  it.each(Array.from({ length: SEEDS }, (_, index) => FIRST_SEED + index))(
    'ends the same, shuffled and doubled (seed %i)',
    async (seed) => {
      const random = createRandom(seed);
      const shuffled = random.shuffle([...story, ...story.filter(() => random.chance(0.5))]);
      const inOrder = await deliver(story, 1);
      expect(await deliver(shuffled, random.int(1, 8))).toEqual(inOrder);
      expect(await olderThanTheirs()).toEqual([]);
    },
  );

  it('would notice a difference', async () => {
    const inOrder = await deliver(story, 1);
    expect(await deliver(story.slice(0, -1), 1)).not.toEqual(inOrder);
  });
});
