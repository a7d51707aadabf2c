/** Unusual access becomes a review, once; a second person signs it off, and nobody else. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { checkAccessLog, readCheck } from '#app/access/log/check.ts';
import { lookForUnusual } from '#app/access/log/look.ts';
import { listReviews, parseVerdict, type Review, signOffReview } from '#app/access/log/review.ts';
import { verifyAccessLog } from '#app/access/log/verify.ts';
import { type AccessRecordEntry, writeAccessRecord } from '#app/access/record.ts';
import { ensureShop, withShop } from '#app/data/with-shop.ts';
import { clearAccessLog, tamperAccessLog } from '#test/support/access-log.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

const NOW = new Date('2026-11-26T12:00:00Z');
const ANN = 'staff:00000000000000000000000000000001';
const BEN = 'staff:00000000000000000000000000000002';
const CEM = 'staff:00000000000000000000000000000003';

let world: ShopWorld;
let shopId: string;

beforeAll(async () => {
  world = await openShopWorld();
  shopId = await ensureShop(world.db, 'one.myshopify.com');
});
beforeEach(() => clearAccessLog(world));
afterAll(() => world.close());

const write = (more: Partial<AccessRecordEntry> = {}) =>
  withShop(world.db, shopId, (tx) =>
    writeAccessRecord(tx, shopId, {
      at: NOW,
      actor: ANN,
      purpose: 'cart-activity',
      page: 'cart',
      fields: [],
      subjects: [],
      valueCount: 0,
      requestId: 'r',
      ...more,
    }),
  );
const look = (at = NOW) => withShop(world.db, shopId, (tx) => lookForUnusual(tx, shopId, at));
const reviews = () => withShop(world.db, shopId, (tx) => listReviews(tx, shopId));
const signOff = (id: string, by = BEN) =>
  withShop(world.db, shopId, (tx) =>
    signOffReview(tx, shopId, { id, by, verdict: 'explained', reason: 'busy-day', at: NOW, requestId: 'r' }),
  );
const told = (list: readonly Review[]) => list.map(({ rule, count, signedOff }) => [rule, count, signedOff !== null]);

describe('looking for unusual access', () => {
  it('makes one review of each thing, however often it looks, and lets an open one grow', async () => {
    await write({ subjects: Array.from({ length: 60 }, (_, n) => Buffer.alloc(16, n)) });
    expect(await look()).toBe(2);
    expect(await look()).toBe(0);
    expect(told(await reviews())).toEqual([
      ['first-time', 1, false],
      ['volume', 60, false],
    ]);
    await write({ subjects: [Buffer.alloc(16)] });
    expect(await look()).toBe(0);
    expect(told(await reviews()).at(-1)).toEqual(['volume', 61, false]);
  });

  it('raises what came after a sign-off anew, and counts only that', async () => {
    await write({ actor: 'operator:root', outcome: 'started' });
    expect(await look()).toBe(1);
    const [first] = await reviews();
    expect(await signOff(first?.id ?? '')).toBe('signed-off');
    expect(await look()).toBe(1); // The reviewer is here for the first time.
    await write({ actor: 'operator:root', outcome: 'started' });
    await write({ actor: 'operator:root', outcome: 'started' });
    expect(await look()).toBe(1);
    expect(told((await reviews()).filter(({ rule }) => rule === 'operator'))).toEqual([
      ['operator', 2, false],
      ['operator', 1, true],
    ]);
  });

  it('counts days and hours as the shop does', async () => {
    await world.superuser("UPDATE app.shops SET time_zone = 'Pacific/Auckland' WHERE id = $1", [shopId]);
    try {
      // 11:30 UTC is half past midnight of the next day there.
      await write({ at: new Date('2026-11-26T11:30:00Z') });
      await look();
      expect((await reviews()).map(({ day }) => day)).toEqual(['2026-11-27']);
    } finally {
      await world.superuser('UPDATE app.shops SET time_zone = NULL WHERE id = $1', [shopId]);
    }
  });
});

describe('signing off', () => {
  beforeEach(async () => {
    await write({ outcome: 'failed' });
    await look();
  });
  const failed = async () => {
    const review = (await reviews()).find(({ rule }) => rule === 'failed');
    if (review === undefined) throw new Error('No review was made');
    return review;
  };

  it('is done by a second person, once, with a word of the list, and is itself on record', async () => {
    const { id } = await failed();
    expect(await signOff(id, ANN)).toBe('own');
    expect((await failed()).signedOff).toBeNull();
    expect(await signOff(id, BEN)).toBe('signed-off');
    expect((await failed()).signedOff).toEqual({
      atMs: NOW.getTime(),
      by: BEN,
      verdict: 'explained',
      reason: 'busy-day',
    });
    expect(await signOff(id, CEM)).toBe('already');
    const rows = await world.superuser(
      "SELECT actor, page, reason FROM app.access_records WHERE page = 'access-log-review'",
    );
    expect(rows).toEqual([{ actor: BEN, page: 'access-log-review', reason: 'busy-day' }]);
    expect(await verifyAccessLog(world, shopId)).toMatchObject({ isIntact: true });
  });

  it('is done by one of two who come at once', async () => {
    const { id } = await failed();
    expect((await Promise.all([signOff(id, BEN), signOff(id, CEM)])).sort()).toEqual(['already', 'signed-off']);
  });

  it('says "unknown" for another shop’s review as for none', async () => {
    const { id } = await failed();
    const otherShopId = await ensureShop(world.db, 'two.myshopify.com');
    const there = (reviewId: string) =>
      withShop(world.db, otherShopId, (tx) =>
        signOffReview(tx, otherShopId, {
          id: reviewId,
          by: BEN,
          verdict: 'explained',
          reason: 'busy-day',
          at: NOW,
          requestId: 'r',
        }),
      );
    expect(await there(id)).toBe('unknown');
    expect(await there('0191aaaa-0000-7000-8000-000000000009')).toBe('unknown');
  });

  it('cannot be undone, nor done to oneself, by a program that forgot the rules', async () => {
    const { id } = await failed();
    const update = (data: {
      reviewedAt: Date | null;
      reviewedBy: string | null;
      verdict: string | null;
      reason: string | null;
    }) => withShop(world.db, shopId, (tx) => tx.accessReview.updateMany({ where: { shopId, id }, data }));
    const words = { reviewedAt: NOW, verdict: 'explained', reason: 'busy-day' };
    await expect(update({ ...words, reviewedBy: ANN })).rejects.toThrow();
    await expect(update({ ...words, reviewedBy: BEN, reason: null })).rejects.toThrow();
    await signOff(id);
    await expect(update({ reviewedAt: null, reviewedBy: null, verdict: null, reason: null })).rejects.toThrow();
    await expect(withShop(world.db, shopId, (tx) => tx.accessReview.deleteMany())).rejects.toThrow();
    await expect(world.superuser('DELETE FROM app.access_reviews')).rejects.toThrow(/stays as it is/);
  });

  it('takes reasons that belong to their verdict', () => {
    expect(parseVerdict('explained', 'busy-day')).toEqual({ verdict: 'explained', reason: 'busy-day' });
    for (const [verdict, reason] of [
      ['concern', 'busy-day'],
      ['explained', 'she was only curious'],
      ['toString', 'busy-day'],
      [null, undefined],
    ]) {
      expect(parseVerdict(verdict, reason)).toBeNull();
    }
  });
});

describe('a nightly check', () => {
  it('keeps its result and signs what has grown; a bent chain becomes a review and is not signed', async () => {
    await write();
    await write();
    expect(await checkAccessLog(world, shopId, NOW)).toMatchObject({ isIntact: true });
    const check = () => withShop(world.db, shopId, (tx) => readCheck(tx, shopId));
    expect(await check()).toMatchObject({ isIntact: true, records: 2, head: { seq: 2 }, checkedAtMs: NOW.getTime() });
    expect(await world.superuser('SELECT kind FROM app.access_checkpoints')).toEqual([{ kind: 'checkpoint' }]);
    await write();
    await tamperAccessLog(world, 'DELETE FROM app.access_records WHERE seq = 2');
    await checkAccessLog(world, shopId, NOW);
    await checkAccessLog(world, shopId, NOW);
    expect(await check()).toMatchObject({ isIntact: false, faults: ['missing:2'] });
    expect(told(await reviews())).toEqual([['log-broken', 1, false]]);
    expect(await world.superuser('SELECT kind FROM app.access_checkpoints')).toHaveLength(1);
  });
});
