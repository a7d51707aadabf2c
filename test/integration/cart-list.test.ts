/** The list of carts and what the live page asks: views, paging, news, and other shops. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { changesQuerySchema, readChanges } from '#app/carts/changes.ts';
import { getCursor } from '#app/carts/cursor.ts';
import { type CartListQuery, CARTS_PER_PAGE, listCarts } from '#app/carts/list.ts';
import { cartStatus } from '#app/carts/status.ts';
import { CART_VIEWS, VIEW_STATUSES } from '#app/carts/views.ts';
import { ensureShop } from '#app/data/with-shop.ts';
import { type CartSeed, changeCart, line, seedCarts } from '#test/support/seed-carts.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

const NOW_MS = Date.UTC(2026, 10, 23, 12);
const MINUTE_MS = 60_000;
const settings = { idleAfterMinutes: 60, nowMs: NOW_MS };
const everything: CartListQuery = { view: 'all', code: null, after: null };

let world: ShopWorld;
let shopId: string;
let otherShopId: string;

/** Of every kind, some at the very edge of being abandoned, two of one millisecond. */
const SEEDS: CartSeed[] = [
  ...[0, 1, 59, 60, 61, 500].map((minutes) => cart(minutes)),
  { ...cart(59.999), personCode: '7F3K' },
  { ...cart(5), checkout: { atMs: NOW_MS - 4 * MINUTE_MS } },
  { ...cart(90), checkout: { atMs: NOW_MS - 80 * MINUTE_MS }, personCode: '7F3K' },
  { ...cart(90), order: { atMs: NOW_MS - 70 * MINUTE_MS, name: '#1', cancelledAtMs: NOW_MS } },
  { states: [{ atMs: NOW_MS - MINUTE_MS, lines: [] }] },
  { states: [{ atMs: NOW_MS - 300 * MINUTE_MS, lines: [] }] },
  ...Array.from({ length: 2 * CARTS_PER_PAGE }, (_, index) => cart(1_000 + (index >> 1))),
];

function cart(minutesAgo: number): CartSeed {
  return { states: [{ atMs: NOW_MS - minutesAgo * MINUTE_MS, lines: [line('Mug', 1, 2400)] }] };
}

async function allPages(query: CartListQuery) {
  const first = await listCarts(world.db, shopId, query, settings);
  const rows = [...first.rows];
  for (let next = first.nextCursor; next !== null;) {
    const page = await listCarts(world.db, shopId, { ...query, after: getCursor(next) }, settings);
    expect(page.rows.length).toBeGreaterThan(0);
    rows.push(...page.rows);
    next = page.nextCursor;
  }
  return rows;
}

beforeAll(async () => {
  world = await openShopWorld();
  shopId = await ensureShop(world.db, 'one.myshopify.com');
  otherShopId = await ensureShop(world.db, 'two.myshopify.com');
  await seedCarts(world, shopId, SEEDS);
});
afterAll(() => world.close());

describe('the list', () => {
  it('shows every cart once, newest change first, page by page', async () => {
    const rows = await allPages(everything);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(SEEDS.length);
    expect(rows).toHaveLength(SEEDS.length);
    const sorted = rows.toSorted((a, b) => b.lastChangedAtMs - a.lastChangedAtMs || (a.id < b.id ? 1 : -1));
    expect(rows).toEqual(sorted);
  });

  it.each(CART_VIEWS)('in the view "%s" shows exactly the carts of its statuses', async (view) => {
    const expected = (await allPages(everything)).filter((row) =>
      VIEW_STATUSES[view].includes(cartStatus(row, settings.idleAfterMinutes, NOW_MS)),
    );
    expect(expected.length).toBeGreaterThan(0);
    expect(await allPages({ ...everything, view })).toEqual(expected);
  });

  it('narrows to a customer code, and marks a cancelled order', async () => {
    expect(await allPages({ ...everything, code: '7F3K' })).toHaveLength(2);
    expect(await allPages({ ...everything, code: '-' })).toEqual([]);
    expect((await allPages({ ...everything, view: 'converted' })).map(({ isCancelled }) => isCancelled)).toEqual([
      true,
    ]);
  });

  it('tells a shop without carts from a search without results', async () => {
    expect(await listCarts(world.db, otherShopId, everything, settings)).toMatchObject({ rows: [], hasAnyCart: false });
    const found = await listCarts(world.db, shopId, { ...everything, code: '-' }, settings);
    expect(found).toMatchObject({ rows: [], hasAnyCart: true });
  });

  it('leaves no access record, because nothing is opened', async () => {
    expect(await world.superuser('SELECT 1 FROM app.access_records')).toEqual([]);
  });
});

describe('what has changed', () => {
  const questionOf = async (query = everything) => {
    const list = await listCarts(world.db, shopId, query, settings);
    return changesQuerySchema.parse({
      revision: list.revision,
      shown: list.rows.map(({ id }) => id),
      list: { view: query.view, code: query.code, top: list.topCursor },
    });
  };

  it('is nothing while the revision stands', async () => {
    const changes = await readChanges(world.db, shopId, await questionOf(), settings);
    expect(changes).toMatchObject({ rows: null, newer: null });
  });

  it('is the shown rows as they are, and how many wait above: new ones and moved ones', async () => {
    const question = await questionOf();
    const notShown = (await allPages(everything)).at(-1);
    await seedCarts(world, shopId, [cart(-1), { ...cart(-2), personCode: '7F3K' }]);
    await changeCart(world, shopId, notShown?.id ?? '', { atMs: NOW_MS + MINUTE_MS, lines: [line('Soap', 3, 899)] });
    await changeCart(world, shopId, question.shown[3] ?? '', { atMs: NOW_MS + 1, lines: [line('Soap', 7, 899)] });

    const changes = await readChanges(world.db, shopId, question, settings);
    expect(changes.newer).toEqual({ begun: 2, moved: 1 });
    expect(changes.rows?.map(({ id }) => id).sort()).toEqual(question.shown.toSorted());
    expect(changes.rows?.find(({ id }) => id === question.shown[3])?.itemCount).toBe(7);
    expect(BigInt(changes.revision)).toBeGreaterThan(BigInt(question.revision));
  });

  it('counts only what the list would show', async () => {
    const question = await questionOf({ ...everything, code: '7F3K' });
    await seedCarts(world, shopId, [cart(-5), { ...cart(-6), personCode: '7F3K' }]);
    expect((await readChanges(world.db, shopId, question, settings)).newer).toEqual({ begun: 1, moved: 0 });
  });

  it('is nothing of another shop', async () => {
    const { shown } = await questionOf();
    const changes = await readChanges(world.db, otherShopId, { revision: '99', shown }, settings);
    expect(changes).toMatchObject({ rows: [], revision: '0' });
  });

  it('refuses questions that no page of ours asks', () => {
    const good = { revision: '1', shown: [] };
    expect(changesQuerySchema.safeParse(good).success).toBe(true);
    const bad = [
      null,
      {},
      { ...good, revision: '-1' },
      { ...good, shown: ['x'] },
      { ...good, shown: Array.from({ length: 101 }, () => '019abcde-0000-7000-8000-000000000000') },
      { ...good, list: { view: 'mine', code: null, top: null } },
    ];
    for (const question of bad) expect(changesQuerySchema.safeParse(question).success).toBe(false);
  });
});
