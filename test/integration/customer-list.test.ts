/** The list of customers says of each what their page says. */
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';

import { listCustomers } from '#app/customers/list.ts';
import { readPerson } from '#app/customers/read-person.ts';
import { ensureShop } from '#app/data/with-shop.ts';
import { line, seedCarts } from '#test/support/seed-carts.ts';
import { seedPeople } from '#test/support/seed-people.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';
import { joinStaff } from '#test/support/staff.ts';

const NOON = new Date('2026-11-23T12:00:00Z');
const AT = NOON.getTime() - 3_600_000;
const LINES = [line('Clay mug', 1, 2400)];

let world: ShopWorld;
let shopId: string;
let kept: string;
let merged: string;
let guest: string;

const list = (code: string | null = null) => listCustomers(world.db, shopId, { code, after: null }, NOON.getTime());

beforeAll(async () => {
  world = await openShopWorld();
});
beforeEach(async () => {
  shopId = await ensureShop(world.db, `${uuidv7()}.myshopify.com`);
  await joinStaff(world, shopId, 'owner', 'owner');
  [kept = '', merged = '', guest = ''] = await seedPeople(world, shopId, [
    { code: 'K3PT' },
    { code: 'M3RG' },
    { code: 'GV3S' },
  ]);
  await world.superuser('UPDATE app.people SET customer_ref = NULL, guest_ref = $2 WHERE id = $1', [
    guest,
    Buffer.alloc(16, 7),
  ]);
  await seedCarts(world, shopId, [
    { states: [{ atMs: AT, lines: LINES }], personCode: 'K3PT', order: { atMs: AT + 1, name: '#1' } },
    {
      states: [{ atMs: AT, lines: LINES }],
      personCode: 'K3PT',
      order: { atMs: AT + 2, name: '#2', cancelledAtMs: AT + 3 },
    },
    { states: [{ atMs: AT + 5, lines: LINES }], personCode: 'M3RG', order: { atMs: AT + 6, name: '#3' } },
  ]);
});
afterAll(() => world.close());

it('counts every order, says how many were cancelled, and counts for merged customers what is theirs', async () => {
  await world.superuser(
    `INSERT INTO app.person_aliases (shop_id, deleted_ref, kept_ref, merged_at)
     SELECT $1, d.customer_ref, k.customer_ref, now() FROM app.people d, app.people k WHERE d.id = $2 AND k.id = $3`,
    [shopId, merged, kept],
  );
  await world.superuser(`UPDATE app.people SET first_seen_at = $2 WHERE id = $1`, [merged, new Date(AT)]);
  const { rows } = await list();
  expect(rows).toMatchObject([{ id: kept, cartCount: 3, orderCount: 3, cancelledCount: 1, knownSinceMs: AT }]);

  const services = { db: world.db, keyStore: world.keyStore, clock: () => NOON };
  const page = await readPerson(services, shopId, { staffId: 'owner', requestId: 'r' }, kept);
  expect(page?.orders).toHaveLength(3);
  expect(page?.orders.filter(({ isCancelled }) => isCancelled)).toHaveLength(1);
  expect(page?.carts).toHaveLength(3);
  expect(page?.carts[0]?.lastChangedAtMs).toBe(rows[0]?.lastChangedAtMs);
  expect(page?.firstSeenAtMs).toBe(AT);
});

it('leaves out an address whose carts turned out to be a customer’s; its code still finds it', async () => {
  expect((await list()).rows.map(({ id }) => id).sort()).toEqual([kept, merged].sort());
  expect((await list('GV3S')).rows).toMatchObject([{ id: guest, cartCount: 0, orderCount: 0 }]);
  // With a cart of their own they are listed.
  await seedCarts(world, shopId, [{ states: [{ atMs: AT, lines: LINES }], personCode: 'GV3S' }]);
  expect((await list()).rows.map(({ id }) => id)).toContain(guest);
});

it('with nobody to list says so, and with a code that nobody has says that', async () => {
  await world.superuser('UPDATE app.carts SET person_id = NULL WHERE shop_id = $1', [shopId]);
  await world.superuser('UPDATE app.orders SET person_id = NULL WHERE shop_id = $1', [shopId]);
  await world.superuser('DELETE FROM app.people WHERE shop_id = $1 AND id <> $2', [shopId, guest]);
  expect(await list()).toMatchObject({ rows: [], hasAnyCustomer: false });
  expect(await list('AAAA')).toMatchObject({ rows: [], hasAnyCustomer: true });
});
