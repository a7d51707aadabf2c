/**
 * Late, doubled and shuffled events around an erasure, with the race for the shop's lock: nobody comes back, no stranger is
 * touched, new purchases are taken. A few seeds in every run; thousands with `npm run test:long -- forgotten`.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { withShopSql } from '#app/data/with-shop.ts';
import { workErasure } from '#app/privacy/erasure/work-erasure.ts';
import { listRequests } from '#app/privacy/requests/read.ts';
import { scanResidue } from '#app/privacy/residue/scan-residue.ts';
import { erasureDeps } from '#test/support/erasure-deps.ts';
import { type IngestWorld, openIngestWorld } from '#test/support/ingest-world.ts';
import { bodiesOf, everyRowOf, type Shopper, shopper } from '#test/support/shoppers.ts';

const SEEDS = Number(process.env['LONG_SEEDS'] ?? 4);
const FIRST_SEED = Number(process.env['FIRST_SEED'] ?? 1);
const HOUR_MS = 3_600_000;

let world: IngestWorld;

beforeAll(async () => {
  world = await openIngestWorld();
});
afterAll(() => world.close());

/** Numbers that a seed decides (T. Ettinger's mulberry32). */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

type Webhook = readonly [topic: string, body: object];

function shuffled<T>(items: readonly T[], draw: (below: number) => number): T[] {
  const out = [...items];
  for (let index = out.length - 1; index > 0; index -= 1) {
    const other = draw(index + 1);
    [out[index], out[other]] = [out[other] as T, out[index] as T];
  }
  return out;
}

async function oneSeed(seed: number): Promise<void> {
  const draw = numbersFrom(seed);
  const shop = `seed-${String(seed)}.myshopify.com`;
  const shopId = await world.addShop(shop);
  const then = new Date(Date.now() - HOUR_MS);
  const post = async ([topic, body]: Webhook, at: Date = then) => {
    expect(await world.post({ shop, topic, body: JSON.stringify(body), triggeredAt: at })).toBe(200);
  };
  const [amina, bo] = [shopper(draw), shopper(draw)];
  // Some of hers come in time; the others, and copies of all, only later. A guest cart of hers may be among them.
  const guest: Shopper = { ...shopper(draw), customerId: '', email: amina.email };
  const hers: readonly Webhook[] = [...bodiesOf(amina, then), ...(draw(2) === 0 ? bodiesOf(guest, then) : [])];
  const inTime = shuffled(hers, draw).slice(0, draw(hers.length + 1));
  let copies = 0;
  const copyOf = ([topic, body]: Webhook): Webhook => [topic, { ...body, copy: (copies += 1) }];

  for (const webhook of shuffled([...inTime, ...bodiesOf(bo, then)], draw)) await post(webhook);
  await world.apply(shopId);
  const before = await everyRowOf(world, shopId, bo);

  await post([
    'customers/redact',
    {
      shop_domain: shop,
      customer: { id: amina.customerId, email: amina.email },
      orders_to_redact: draw(2) === 0 ? [amina.orderId] : [],
    },
  ]);
  await world.apply(shopId);
  const [request] = await withShopSql(world.pool, shopId, (tx) => listRequests(tx, shopId));
  const deps = erasureDeps(world);
  // The race: late ones are applied while the erasure waits for the lock, or the other way round.
  const racing = shuffled([...hers, ...bodiesOf(bo, then)].map(copyOf), draw).slice(0, draw(8));
  for (const webhook of racing) await post(webhook);
  const applying = async () => {
    // A lock that is held means "busy": the worker comes back later.
    for (let tries = 0; tries < 20; tries += 1) await world.apply(shopId).catch(() => undefined);
  };
  const [outcome] = await Promise.all([workErasure(deps, shopId, request?.id ?? ''), applying()]);
  expect([seed, outcome]).toEqual([seed, 'done']);

  const again: Shopper = { ...shopper(draw), customerId: amina.customerId, email: amina.email };
  const soon = new Date(Date.now() + 60_000);
  const purchase = bodiesOf(again, soon).filter(([topic]) => topic !== 'customers/update');
  const late = [...hers, ...hers.slice(0, draw(hers.length)), ...bodiesOf(bo, then)].map(copyOf);
  for (const [index, webhook] of shuffled([...late, ...purchase], draw).entries()) {
    await post(webhook, purchase.includes(webhook as [string, object]) ? soon : then);
    if (index % 3 === draw(3)) await world.apply(shopId);
  }
  await world.apply(shopId);

  expect([seed, await everyRowOf(world, shopId, bo)]).toEqual([seed, before]);
  // What is there of her is the new purchase: one of each, and nothing that names the old ones.
  for (const table of ['people', 'carts', 'checkouts', 'orders']) {
    const [row] = await world.superuser<{ n: number }>(
      `SELECT count(*)::int AS n FROM app.${table} WHERE shop_id = $1`,
      [shopId],
    );
    expect([seed, table, row?.n]).toEqual([seed, table, 2]);
  }
  expect([seed, (await everyRowOf(world, shopId, amina)).length]).toEqual([seed, 0]);
  expect([seed, (await everyRowOf(world, shopId, guest)).length]).toEqual([seed, 0]);
  const old = {
    values: [amina.orderId, guest.orderId],
    sharable: new Set<string>(),
    ids: [],
    refs: [],
    erasedAt: null,
  };
  const work = { actor: 'system:test', purpose: 'privacy-requests', job: 'test', requestId: 'r' } as const;
  const scan = await scanResidue(deps, shopId, old, work);
  expect([seed, scan.places]).toEqual([seed, []]);
}

// Each has a shop of its own, so many can run at once.
describe.concurrent('around an erasure', () => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed += 1) {
    it(`nobody comes back and no stranger is touched: seed ${String(seed)}`, { timeout: 300_000 }, () => oneSeed(seed));
  }
});

describe('around an erasure', () => {
  it('control: without tombstones they do come back', async () => {
    const shop = 'control.myshopify.com';
    const shopId = await world.addShop(shop);
    const amina = shopper();
    const then = new Date(Date.now() - HOUR_MS);
    await world.superuser('CREATE RULE nothing AS ON INSERT TO app.tombstones DO INSTEAD NOTHING');
    try {
      for (const [topic, body] of bodiesOf(amina, then)) {
        await world.post({ shop, topic, body: JSON.stringify(body), triggeredAt: then });
      }
      const customer = { id: amina.customerId, email: amina.email };
      const body = { shop_domain: shop, customer, orders_to_redact: [] };
      await world.post({ shop, topic: 'customers/redact', body: JSON.stringify(body) });
      await world.apply(shopId);
      const [request] = await withShopSql(world.pool, shopId, (tx) => listRequests(tx, shopId));
      const { db, pool, keyStore, keyring, inboxKeys, log } = world;
      const deps = { db, pool, keyStore, keyring, inboxKeys, log, clock: () => new Date(), backupDays: null };
      expect(await workErasure(deps, shopId, request?.id ?? '')).toBe('done');
      for (const [topic, late] of bodiesOf(amina, then)) {
        await world.post({ shop, topic, body: JSON.stringify({ ...late, copy: 1 }), triggeredAt: then });
      }
      await world.apply(shopId);
      expect((await everyRowOf(world, shopId, amina)).length).toBeGreaterThan(0);
    } finally {
      await world.superuser('DROP RULE nothing ON app.tombstones');
    }
  });
});
