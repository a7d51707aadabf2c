/** One bad event never blocks the rest: it is tried again, then kept aside, and can be replayed. */
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { poolConfig } from '#app/data/connection.ts';
import { withShopSql } from '#app/data/with-shop.ts';
import { type ApplyHandlers, MAX_ATTEMPTS } from '#app/ingest/apply/apply-shop.ts';
import { listDeadLetters, replayDeadLetters } from '#app/ingest/dead-letters.ts';
import { createApplyHandlers } from '#app/worker/apply-handlers.ts';
import { type IngestWorld, openIngestWorld } from '#test/support/ingest-world.ts';

const SHOP = 'dead-letters.myshopify.com';
const POISON = 'poison';

let world: IngestWorld;
let pool: pg.Pool;
let shopId: string;
let good: ApplyHandlers;

beforeAll(async () => {
  world = await openIngestWorld();
  shopId = await world.addShop(SHOP);
  pool = new pg.Pool(poolConfig(world.database.url, 'ci_app', { applicationName: 'test', max: 2 }));
  good = createApplyHandlers({
    keyStore: world.keyStore,
    queue: { add: () => Promise.resolve(), close: () => Promise.resolve() },
    log: world.log,
    now: () => new Date(),
  });
});
afterAll(async () => {
  await pool.end();
  await world.close();
});
beforeEach(() => world.superuser('TRUNCATE inbox.events, app.carts, app.cart_states, app.checkouts, app.orders'));

/** Yesterday, so that nothing is too old to be taken in, in whatever year the tests run. */
const AT = new Date(Date.now() - 24 * 3_600_000).toISOString();
const cart = (token: string) =>
  JSON.stringify({
    token,
    line_items: [{ quantity: 1, title: token, price: '1.00' }],
    updated_at: AT,
  });

async function postCarts(tokens: readonly string[]): Promise<void> {
  for (const token of tokens) {
    expect(await world.post({ shop: SHOP, topic: 'carts/create', body: cart(token) })).toBe(200);
  }
}

/** A defect that only the poisoned cart brings out, in the middle of the transaction. */
const failing: ApplyHandlers = {
  exempt: (tx, id, event) => good.exempt(tx, id, event),
  batch: async (context, events) => {
    await good.batch(context, events);
    const isPoisoned = events.some((event) => event.topic === 'carts/create' && event.body.token === POISON);
    if (isPoisoned) await context.tx.query('SELECT 1 / 0');
  },
};

const cartCount = async () => (await world.superuser('SELECT id FROM app.carts')).length;
/** Makes what waits for its next try due now. */
const skipTheWait = () =>
  world.superuser("UPDATE inbox.events SET retry_at = now() - interval '1 second' WHERE pending");

describe('a webhook that cannot be applied', () => {
  it('holds nobody up, is tried again, kept aside, seen and replayed', async () => {
    await postCarts(['a', 'b', POISON, 'c', 'd']);
    await world.apply(shopId, failing);
    expect(await cartCount()).toBe(4);
    expect(
      await world.superuser('SELECT attempts, pending, failure_code FROM inbox.events WHERE failure_code IS NOT NULL'),
    ).toEqual([{ attempts: 1, pending: true, failure_code: 'sql.22012' }]);

    for (let attempt = 2; attempt <= MAX_ATTEMPTS; attempt += 1) {
      await skipTheWait();
      await world.apply(shopId, failing);
    }
    const letters = await withShopSql(pool, shopId, (tx) => listDeadLetters(tx, shopId, 10));
    expect(letters).toMatchObject([{ topic: 'carts/create', code: 'sql.22012', attempts: MAX_ATTEMPTS }]);
    const daysLeft = ((letters[0]?.gone.getTime() ?? 0) - Date.now()) / 86_400_000;
    expect(daysLeft).toBeGreaterThan(6);

    // The defect was mended.
    expect(await withShopSql(pool, shopId, (tx) => replayDeadLetters(tx, shopId))).toBe(1);
    await world.apply(shopId);
    expect(await cartCount()).toBe(5);
    expect(await withShopSql(pool, shopId, (tx) => listDeadLetters(tx, shopId, 10))).toEqual([]);
  });

  it('is tried on and on if it is a request by law', async () => {
    const broken: ApplyHandlers = { ...failing, exempt: (tx) => tx.query('SELECT 1 / 0').then(() => undefined) };
    const body = JSON.stringify({ shop_domain: SHOP, customer: { id: 1 }, orders_to_redact: [] });
    expect(await world.post({ shop: SHOP, topic: 'customers/redact', body })).toBe(200);
    for (let attempt = 1; attempt <= MAX_ATTEMPTS + 5; attempt += 1) {
      await world.apply(shopId, broken);
      await skipTheWait();
    }
    expect(await world.superuser('SELECT pending, attempts FROM inbox.events')).toEqual([
      { pending: true, attempts: MAX_ATTEMPTS + 5 },
    ]);
    expect(world.logLines.filter((line) => line.includes('inbox.request-fails')).length).toBeGreaterThan(0);
    const requests = () => world.superuser(`SELECT kind FROM app.privacy_requests WHERE topic = 'customers/redact'`);
    expect(await requests()).toEqual([]);
    await world.apply(shopId);
    expect(await requests()).toEqual([{ kind: 'erasure' }]);
  });

  it('does not end with its day before anybody has taken it up, if it is a request by law', async () => {
    const isThere = async (day: string) =>
      (
        await world.superuser<{ there: boolean }>(
          `SELECT to_regclass('inbox.events_' || to_char(${day}, 'YYYYMMDD')) IS NOT NULL AS there`,
        )
      )[0]?.there;
    const close = () => world.superuser('SELECT inbox.close_days(current_date - 6)');
    const dayWith = async (day: string, topic: number, attempts: number) => {
      const [names] = await world.superuser<{ name: string; from: string; to: string }>(
        `SELECT 'events_' || to_char(${day}, 'YYYYMMDD') AS name, (${day})::text AS "from", (${day} + 1)::text AS "to"`,
      );
      await world.superuser(
        `CREATE TABLE inbox.${names?.name ?? ''} PARTITION OF inbox.events FOR VALUES FROM ('${names?.from ?? ''}') TO ('${names?.to ?? ''}')`,
      );
      await world.superuser(
        `INSERT INTO inbox.events (shop_id, day, topic, digest, epoch, received_at, attempts) VALUES ($1, ${day}, $2, '\\x01', 1, ${day}, $3)`,
        [shopId, topic, attempts],
      );
    };
    const [request, tried, cart] = ['current_date - 9', 'current_date - 10', 'current_date - 11'];
    await dayWith(request, 16, 0);
    await dayWith(tried, 16, 3);
    await dayWith(cart, 1, 0);
    await close();
    expect([await isThere(request), await isThere(tried), await isThere(cart)]).toEqual([true, false, false]);
    await world.superuser('UPDATE inbox.events SET pending = false');
    await close();
    expect(await isThere(request)).toBe(false);
  });

  it("is not the others' fault: what does not open is kept aside, too", async () => {
    await postCarts(['a', 'b']);
    await world.superuser(
      `UPDATE inbox.events SET sealed = overlay(sealed placing '\\x00' from 60)
       WHERE digest = (SELECT digest FROM inbox.events ORDER BY digest LIMIT 1)`,
    );
    await world.apply(shopId);
    expect(await cartCount()).toBe(1);
    expect(await world.superuser('SELECT failure_code FROM inbox.events WHERE failure_code IS NOT NULL')).toEqual([
      { failure_code: 'vault.unopenable' },
    ]);
  });

  it('of another shop is neither seen nor replayed', async () => {
    await postCarts([POISON]);
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      await world.apply(shopId, failing);
      await skipTheWait();
    }
    const other = await world.addShop('other-letters.myshopify.com');
    expect(await withShopSql(pool, other, (tx) => listDeadLetters(tx, shopId, 10))).toEqual([]);
    expect(await withShopSql(pool, other, (tx) => replayDeadLetters(tx, shopId))).toBe(0);
  });
});

describe('once applied', () => {
  it('a webhook leaves its payload, and its row knows a duplicate', async () => {
    await postCarts(['once']);
    await world.apply(shopId);
    await postCarts(['once']);
    expect(await world.superuser('SELECT pending, sealed FROM inbox.events')).toEqual([
      { pending: false, sealed: null },
    ]);
  });

  it('a failed transaction leaves neither carts nor keys', async () => {
    const before = await world.superuser('SELECT subject_id FROM keys.subject_keys');
    await postCarts([POISON]);
    await world.apply(shopId, failing);
    expect(await cartCount()).toBe(0);
    expect(await world.superuser('SELECT subject_id FROM keys.subject_keys')).toHaveLength(before.length);
  });
});
