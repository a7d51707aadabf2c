import type { ShopWorld } from '#test/support/shop-world.ts';

/** Bytes of about the length of what is sealed there; nobody opens them. */
const sealed = (chars: number) =>
  `decode(substr(repeat(md5(n::text), ${String(Math.ceil(chars / 16))}), 1, ${String(chars * 2)}), 'hex')`;

/**
 * Writes a shop of so many carts straight into the tables, in the proportions of a busy one: two states for each cart, a
 * person for every second, a checkout for two of five, an order for three of ten, a key for each of these, and a day's
 * webhooks that were applied already. What is sealed is noise of the right length.
 */
export async function fillLargeShop({ superuser }: Pick<ShopWorld, 'superuser'>, shopId: string, carts: number) {
  const id = (kind: string, n = 'n') => `md5('${kind}' || $1::text || (${n})::text)::uuid`;
  const ref = (kind: string) => `decode(md5('${kind} ref' || n::text), 'hex')`;
  const key = (scope: string) =>
    `INSERT INTO keys.subject_keys (shop_id, scope, subject_id, version, shop_key_version, wrapped, pseudonym)
     SELECT $1::uuid, '${scope}', ${id(scope)}, 1, 1, ${sealed(60)}, ${ref(scope)} FROM generate_series(1, $2::int) n`;
  const rows = (count: number, ...statements: string[]) =>
    Promise.all(statements.map((sql) => superuser(sql, [shopId, Math.floor(count)])));
  await rows(
    carts / 2,
    `INSERT INTO app.people (shop_id, id, support_code, customer_ref, email_index, first_seen_at, sealed)
     SELECT $1::uuid, ${id('person')}, 'AAAA', ${ref('person')}, ${ref('email')}, now() - interval '5 days', ${sealed(250)}
     FROM generate_series(1, $2::int) n`,
    key('person'),
  );
  await rows(
    carts,
    `INSERT INTO app.carts (shop_id, id, token_ref, person_id, started_at, last_changed_at, item_count, line_count, value_minor, currency)
     SELECT $1::uuid, ${id('cart')}, ${ref('cart')}, CASE n % 2 WHEN 0 THEN ${id('person', 'n / 2')} END,
       now() - interval '3 days', now() - interval '2 days' - n * interval '1 second', 3, 2, 7600, 'CAD'
     FROM generate_series(1, $2::int) n`,
    key('cart'),
  );
  await rows(
    carts,
    `INSERT INTO app.cart_states (shop_id, cart_id, changed_at, triggered_at, digest, received_at, item_count, line_count, sealed)
     SELECT $1::uuid, ${id('cart')}, at, at, decode(md5(n::text || at::text), 'hex'), at, 3, 2, ${sealed(500)}
     FROM generate_series(1, $2::int) n
     CROSS JOIN LATERAL (VALUES (now() - interval '3 days'), (now() - interval '2 days')) AS states (at)`,
  );
  const linked = `${id('cart')}, CASE n % 2 WHEN 0 THEN ${id('person', 'n / 2')} END`;
  await rows(
    carts * 0.4,
    `INSERT INTO app.checkouts (shop_id, id, token_ref, cart_id, person_id, started_at, changed_at, sealed)
     SELECT $1::uuid, ${id('checkout')}, ${ref('checkout')}, ${linked}, now(), now(), ${sealed(300)} FROM generate_series(1, $2::int) n`,
    key('checkout'),
  );
  await rows(
    carts * 0.3,
    `INSERT INTO app.orders (shop_id, id, order_ref, cart_id, person_id, ordered_at, changed_at, sealed)
     SELECT $1::uuid, ${id('order')}, ${ref('order')}, ${linked}, now(), now(), ${sealed(300)} FROM generate_series(1, $2::int) n`,
    key('order'),
  );
  await rows(
    carts / 4,
    `INSERT INTO inbox.events (shop_id, day, topic, digest, epoch, received_at, triggered_at, webhook_id, pending)
     SELECT $1::uuid, (now() AT TIME ZONE 'UTC')::date, 1, ${ref('event')}, 1, now(), now(), n::text, false
     FROM generate_series(1, $2::int) n`,
  );
}
