/** Several reads of one shop in one round trip: bound to the shop, unable to write, and nothing stays on the connection. */
import { afterAll, beforeAll, expect, it } from 'vitest';

import { ensureShop, readShop } from '#app/data/with-shop.ts';
import { line, seedCarts } from '#test/support/seed-carts.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

let world: ShopWorld;
let shopId: string;
let otherShopId: string;
const everyCart = { sql: 'SELECT shop_id FROM app.carts', params: [] };

beforeAll(async () => {
  world = await openShopWorld();
  shopId = await ensureShop(world.db, 'one.myshopify.com');
  otherShopId = await ensureShop(world.db, 'two.myshopify.com');
  const cart = { states: [{ atMs: Date.now(), lines: [line('Mug', 1, 2400)] }] };
  await seedCarts(world, shopId, [cart, cart]);
  await seedCarts(world, otherShopId, [cart]);
});
afterAll(() => world.close());

it('sees the rows of its shop and no others, in the order asked', async () => {
  const count = { sql: 'SELECT count(*)::int AS count FROM app.carts', params: [] };
  expect(await readShop(world.db, shopId, [everyCart, count])).toEqual([
    [{ shop_id: shopId }, { shop_id: shopId }],
    [{ count: 2 }],
  ]);
});

it('keeps many at once apart, whatever connections they share', async () => {
  const shops = Array.from({ length: 60 }, (_, index) => (index % 3 === 0 ? otherShopId : shopId));
  const answers = await Promise.all(shops.map((id) => readShop(world.db, id, [everyCart])));
  for (const [index, [rows]] of answers.entries()) {
    const id = shops[index];
    expect(rows).toEqual(Array.from({ length: id === shopId ? 2 : 1 }, () => ({ shop_id: id })));
  }
});

it('leaves no shop behind on a connection', async () => {
  await readShop(world.db, shopId, [everyCart]);
  const { rows } = await world.db.reads.query('SELECT FROM app.carts');
  expect(rows).toEqual([]);
});

it('cannot write', async () => {
  const removal = { sql: 'DELETE FROM app.carts RETURNING id', params: [] };
  await expect(readShop(world.db, shopId, [removal])).rejects.toMatchObject({ code: '25006' });
  expect(await readShop(world.db, shopId, [everyCart])).toMatchObject([{ length: 2 }]);
});

it.each([
  ['a statement that fails', [{ sql: 'SELECT 1 / 0', params: [] }], '22012'],
  ['a shop that is none', [everyCart], '22P02'],
])('tells of %s and goes on with the connection', async (name, statements, code) => {
  const id = name.startsWith('a shop') ? 'nonsense' : shopId;
  for (let time = 0; time < 6; time += 1) {
    await expect(readShop(world.db, id, [...statements, everyCart])).rejects.toMatchObject({ code });
  }
  expect(await readShop(world.db, shopId, [everyCart])).toMatchObject([{ length: 2 }]);
});
