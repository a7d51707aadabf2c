/** How often people looked, day by day, as the Access log's chart counts it. */
import { afterAll, beforeAll, expect, it } from 'vitest';

import { CHARTED_DAYS, readLooksByDay } from '#app/access/log/looks-by-day.ts';
import { type AccessRecordEntry, writeAccessRecord } from '#app/access/record.ts';
import { ensureShop, withShop } from '#app/data/with-shop.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

const NOW = new Date('2026-11-26T12:00:00Z');
const LOOK = {
  actor: 'staff:3f2a0000000000000000000000000001',
  purpose: 'cart-activity',
  page: 'cart',
  fields: ['app.cart_states.sealed.lines'],
  subjects: [],
  valueCount: 3,
  requestId: 'r',
} as const;

let world: ShopWorld;
let shopId: string;

beforeAll(async () => {
  world = await openShopWorld();
  shopId = await ensureShop(world.db, 'looked.myshopify.com');
});
afterAll(() => world.close());

const look = (at: string, more: Partial<AccessRecordEntry> = {}) =>
  withShop(world.db, shopId, (tx) => writeAccessRecord(tx, shopId, { ...LOOK, at: new Date(at), ...more }));
const looksIn = async (timeZone: string | null) => {
  const { days, countedFromMs } = await withShop(world.db, shopId, (tx) =>
    readLooksByDay(tx, shopId, { timeZone, now: NOW }),
  );
  expect(countedFromMs).toBeNull();
  expect(days).toHaveLength(CHARTED_DAYS);
  return days;
};

it('counts what people opened, in the days of the shop’s time zone, and says so of days without a look', async () => {
  expect(await looksIn(null)).toEqual(
    expect.arrayContaining([{ day: '2026-11-26', looks: 0, withNames: 0, values: 0 }]),
  );
  await look('2026-11-26T03:00:00Z');
  await look('2026-11-26T10:00:00Z', { fields: [...LOOK.fields, 'app.people.sealed.email'], valueCount: 4 });
  await look('2026-10-28T10:00:00Z');
  // Too long ago, by itself, and nothing opened.
  await look('2026-10-20T10:00:00Z');
  await look('2026-11-26T10:00:00Z', { actor: 'system:choices.read' });
  await look('2026-11-26T10:00:00Z', { outcome: 'denied', fields: [], valueCount: 0 });

  const utc = await looksIn('UTC');
  expect(utc[0]).toEqual({ day: '2026-10-28', looks: 1, withNames: 0, values: 3 });
  expect(utc.at(-1)).toEqual({ day: '2026-11-26', looks: 2, withNames: 1, values: 7 });
  // In Toronto three in the morning was the evening before.
  const toronto = await looksIn('America/Toronto');
  expect(toronto.slice(-2).map(({ looks }) => looks)).toEqual([1, 1]);
});

it('of very many looks counts the newest, and says from when on', async () => {
  await world.superuser('ALTER TABLE app.access_records DISABLE TRIGGER USER');
  await world.superuser(
    `INSERT INTO app.access_records (shop_id, seq, at, recorded_at, actor, purpose, page, outcome, fields, subjects, value_count, request_id, previous_hash, hash)
     SELECT $1, 100 + n, $2::timestamptz + n * interval '1 second', now(), 'staff:x', 'cart-activity', 'cart', 'opened', '{}', '{}', 1, 'r', '\\x00', '\\x00'
     FROM generate_series(1, 10_050) AS n`,
    [shopId, '2026-11-26T06:00:00Z'],
  );
  const { days, countedFromMs } = await withShop(world.db, shopId, (tx) =>
    readLooksByDay(tx, shopId, { timeZone: 'UTC', now: NOW }),
  );
  expect(days.at(-1)?.looks).toBe(10_000);
  expect(countedFromMs).toBe(new Date('2026-11-26T06:00:51Z').getTime());
});
