import { randomBytes, randomInt } from 'node:crypto';

import type { ShopWorld } from '#test/support/shop-world.ts';

/** Somebody who shops, by everything that names them and theirs. An empty customer id is a guest. */
export interface Shopper {
  readonly customerId: string;
  readonly email: string;
  readonly name: string;
  readonly cartToken: string;
  readonly checkoutToken: string;
  readonly orderId: string;
}

/** Ids of the length Shopify's have, so that a search for one finds no other number. */
export function shopper(draw: (below: number) => number = randomInt): Shopper {
  const digits = () => `${String(7_000_000 + draw(2_000_000))}${String(100_000 + draw(900_000))}`;
  const mark = draw === randomInt ? randomBytes(5).toString('hex') : digits();
  return {
    customerId: digits(),
    email: `shopper.${mark}@example.com`,
    name: `Name${mark}`,
    cartToken: `cart-${mark}`,
    checkoutToken: `checkout-${mark}`,
    orderId: digits(),
  };
}

/** What Shopify tells of one purchase of theirs, from the first cart to the order and the profile. */
export function bodiesOf(who: Shopper, at: Date = new Date(Date.now() - 3_600_000)): [topic: string, body: object][] {
  const time = (seconds: number) => new Date(at.getTime() + seconds * 1000).toISOString();
  const line = (quantity: number) => ({
    variant_id: 41_000_000_000_001,
    product_id: 81_000_000_000_001,
    title: 'Mug',
    quantity,
    price: '38.00',
    line_price: (38 * quantity).toFixed(2),
  });
  const customer =
    who.customerId === ''
      ? null
      : { id: who.customerId, email: who.email, first_name: who.name, last_name: 'Doe', updated_at: time(0) };
  const purchase = {
    customer,
    email: who.email,
    currency: 'CAD',
    total_price: '76.00',
    line_items: [line(2)],
    shipping_address: { country: 'Canada', country_code: 'CA', province: 'Quebec', province_code: 'QC' },
  };
  const cart = (quantity: number, seconds: number) => ({
    token: who.cartToken,
    created_at: time(0),
    updated_at: time(seconds),
    line_items: [line(quantity)],
  });
  const links = { cart_token: who.cartToken, checkout_token: who.checkoutToken };
  const bodies: [string, object][] = [
    ['carts/create', cart(1, 1)],
    ['carts/update', cart(2, 10)],
    [
      'checkouts/create',
      {
        ...purchase,
        token: who.checkoutToken,
        cart_token: who.cartToken,
        created_at: time(20),
        updated_at: time(20),
      },
    ],
    [
      'orders/create',
      { ...purchase, ...links, id: who.orderId, name: '#1', created_at: time(30), updated_at: time(31) },
    ],
  ];
  return customer === null ? bodies : [...bodies, ['customers/update', { ...customer, updated_at: time(40) }]];
}

/** Every row of every table of the shop that is this shopper's, as text: found by their numbers' and tokens' own rows. */
export async function everyRowOf(world: ShopWorld, shopId: string, who: Shopper): Promise<string[]> {
  const { lookupToken } = await import('#app/vault/lookup.ts');
  const { withShop } = await import('#app/data/with-shop.ts');
  const { sqlTxOfPrisma } = await import('#app/data/sql-tx.ts');
  const { lookupKey } = await withShop(world.db, shopId, (tx) => world.keyStore.shopKeys(sqlTxOfPrisma(tx), shopId));
  const ref = lookupToken(lookupKey, 'cart-token', who.cartToken);
  const order = lookupToken(lookupKey, 'order-id', who.orderId);
  const rows = await world.superuser<{ row: string }>(
    `WITH c AS (SELECT * FROM app.carts WHERE shop_id = $1 AND token_ref = $2),
       o AS (SELECT * FROM app.orders WHERE shop_id = $1 AND order_ref = $3),
       ids AS (SELECT id FROM c UNION SELECT id FROM o UNION SELECT person_id FROM c UNION SELECT person_id FROM o
         UNION SELECT k.id FROM app.checkouts k JOIN c ON k.cart_id = c.id)
     SELECT 'cart ' || c::text AS row FROM c UNION ALL SELECT 'order ' || o::text FROM o
     UNION ALL SELECT 'state ' || s::text FROM app.cart_states s JOIN c ON s.shop_id = c.shop_id AND s.cart_id = c.id
     UNION ALL SELECT 'checkout ' || k::text FROM app.checkouts k JOIN c ON k.shop_id = c.shop_id AND k.cart_id = c.id
     UNION ALL SELECT 'person ' || p::text FROM app.people p JOIN ids ON ids.id = p.id WHERE p.shop_id = $1
     UNION ALL SELECT 'key ' || k::text FROM keys.subject_keys k JOIN ids ON ids.id = k.subject_id WHERE k.shop_id = $1
     ORDER BY 1`,
    [shopId, ref, order],
  );
  return rows.map(({ row }) => row);
}
