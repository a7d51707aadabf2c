/**
 * An erasure that is broken off at any statement and run again ends as if nothing had happened: one receipt, nothing half
 * done. A few points in every run; each one with `npm run test:long -- crash`.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { withShopSql } from '#app/data/with-shop.ts';
import { type ErasureDeps, workErasure } from '#app/privacy/erasure/work-erasure.ts';
import { listRequests } from '#app/privacy/requests/read.ts';
import { readSteps } from '#app/privacy/requests/steps.ts';
import { workShopErasure } from '#app/privacy/shop-erasure/work-shop-erasure.ts';
import { BreakingPoint } from '#test/support/breaking.ts';
import { erasureDeps } from '#test/support/erasure-deps.ts';
import { type IngestWorld, openIngestWorld } from '#test/support/ingest-world.ts';
import { rowsLeftOf } from '#test/support/rows-of-shops.ts';
import { bodiesOf, everyRowOf, shopper } from '#test/support/shoppers.ts';

const isLong = process.env['LONG_SEEDS'] !== undefined;
/** Every so many statements one point. */
const STRIDE = isLong ? 1 : 41;
const MOST_STATEMENTS = 2_000;

let world: IngestWorld;

beforeAll(async () => {
  world = await openIngestWorld();
});
afterAll(() => world.close());

const deps = (point: BreakingPoint | null): ErasureDeps =>
  erasureDeps(world, point === null ? {} : { db: point.database(world.db), pool: point.pool(world.pool) });

/** Breaks off at each point in turn, until a run gets past all of them. @returns how many points there were. */
async function atEveryPoint(run: (point: BreakingPoint) => Promise<void>): Promise<number> {
  let points = 0;
  for (let at = 0; at < MOST_STATEMENTS; at += STRIDE) {
    const point = new BreakingPoint(at);
    await run(point);
    if (!point.isReached) return points;
    points += 1;
  }
  throw new Error('There is no end to it');
}

describe('broken off anywhere and run again', () => {
  it('an erasure is done once, and nobody else is touched', { timeout: 3_600_000 }, async () => {
    let number = 0;
    const points = await atEveryPoint(async (point) => {
      number += 1;
      // A shop for each, so that no scan has to look through what was left by all before it.
      const shop = `crash-${String(number)}.myshopify.com`;
      const shopId = await world.addShop(shop);
      const [amina, bo] = [shopper(), shopper()];
      await world.tell({ id: shopId, domain: shop }, ...bodiesOf(bo));
      const before = await everyRowOf(world, shopId, bo);
      const customer = { id: amina.customerId, email: amina.email };
      await world.tell({ id: shopId, domain: shop }, ...bodiesOf(amina), [
        'customers/redact',
        { shop_domain: shop, customer, orders_to_redact: [amina.orderId] },
      ]);
      const [request] = await withShopSql(world.pool, shopId, (tx) => listRequests(tx, shopId, { onlyOpen: true }));
      const requestId = request?.id ?? '';
      const first = await workErasure(deps(point), shopId, requestId).catch(() => 'broken');
      if (first === 'broken') await workErasure(deps(null), shopId, requestId);

      const [state] = await world.superuser(
        `SELECT r.state, (SELECT count(*)::int FROM app.erasure_receipts e WHERE e.request_id = r.id) AS receipts,
           (SELECT count(*)::int FROM keys.subject_keys k WHERE k.shop_id = r.shop_id) AS keys,
           (SELECT count(*)::int FROM app.people p WHERE p.shop_id = r.shop_id) AS people,
           (SELECT count(*)::int FROM app.carts c WHERE c.shop_id = r.shop_id) AS carts,
           (SELECT count(*)::int FROM app.erasure_runs u WHERE u.shop_id = r.shop_id AND sealed IS NOT NULL) AS unfinished
         FROM app.privacy_requests r WHERE r.id = $1`,
        [requestId],
      );
      expect(state).toEqual({ state: 'done', receipts: 1, keys: 4, people: 1, carts: 1, unfinished: 0 });
      const steps = await withShopSql(world.pool, shopId, (tx) => readSteps(tx, shopId, requestId));
      expect(steps.map(({ step }) => step)).toEqual(['received', 'started', 'done']);
      expect(await everyRowOf(world, shopId, bo)).toEqual(before);
    });
    expect(points).toBeGreaterThan(isLong ? 60 : 1);
    if (isLong) console.log(`An erasure broken off at each of ${String(points)} statements`);
  });

  it('the erasure of a shop is done once, and no other shop is touched', { timeout: 3_600_000 }, async () => {
    const other = 'bystander.myshopify.com';
    const otherId = await world.addShop(other);
    const bo = shopper();
    await world.tell({ id: otherId, domain: other }, ...bodiesOf(bo));
    const before = await everyRowOf(world, otherId, bo);
    let number = 0;
    const points = await atEveryPoint(async (point) => {
      number += 1;
      const shop = `gone-${String(number)}.myshopify.com`;
      const shopId = await world.addShop(shop);
      await world.tell({ id: shopId, domain: shop }, ...bodiesOf(shopper()));
      await world.tell({ id: shopId, domain: shop }, ['app/uninstalled', { myshopify_domain: shop }]);
      await world.tell({ id: shopId, domain: shop }, ['shop/redact', { shop_domain: shop }]);
      const [request] = await withShopSql(world.pool, shopId, (tx) => listRequests(tx, shopId, { onlyOpen: true }));
      const requestId = request?.id ?? '';
      const first = await workShopErasure(deps(point), shopId, requestId).catch(() => 'broken');
      if (first === 'broken') expect(await workShopErasure(deps(null), shopId, requestId)).toBe('erasing');
      expect(await rowsLeftOf(world, shopId)).toEqual({
        'app.erasure_receipts': 1,
        'app.erasure_runs': 1,
        'app.privacy_request_steps': 3,
        'app.privacy_requests': 1,
        // The two webhooks that said so, without a body.
        'inbox.events': 2,
      });
    });
    expect(points).toBeGreaterThan(isLong ? 60 : 1);
    expect(await everyRowOf(world, otherId, bo)).toEqual(before);
    if (isLong) console.log(`The erasure of a shop broken off at each of ${String(points)} statements`);
  });
});
