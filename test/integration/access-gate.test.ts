/** The gate: nothing is given out without its record, and the record says what was opened. */
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { openForPeople, openForWork } from '#app/access/gate.ts';
import { readCart } from '#app/carts/read-cart.ts';
import { ensureShop } from '#app/data/with-shop.ts';
import { FIELDS } from '#app/privacy/registry.ts';
import { clearAccessLog } from '#test/support/access-log.ts';
import { line, seedCarts } from '#test/support/seed-carts.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';
import { joinStaff } from '#test/support/staff.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const view = { staffId: '98765', requestId: 'request-1' };
const place = { country: 'Canada', province: 'Quebec' };

let world: ShopWorld;
let shopId: string;
let otherShopId: string;
let cartId: string;
const services = () => ({ db: world.db, keyStore: world.keyStore, clock: () => NOW });
const records = () => world.superuser<Record<string, unknown>>('SELECT * FROM app.access_records');

beforeAll(async () => {
  world = await openShopWorld();
  shopId = await ensureShop(world.db, 'one.myshopify.com');
  otherShopId = await ensureShop(world.db, 'two.myshopify.com');
  await joinStaff(world, shopId, view.staffId, 'analyst');
  await joinStaff(world, otherShopId, view.staffId, 'analyst');
  const atMs = NOW.getTime() - 60_000;
  [cartId = ''] = await seedCarts(world, shopId, [
    {
      states: [
        { atMs, lines: [line('Mug', 1, 2400)] },
        { atMs: atMs + 1, lines: [line('Mug', 2, 2400), line('Soap', 1, 899)] },
      ],
      personCode: '7F3K',
      checkout: { atMs: atMs + 2, place, email: 'secret@example.com' },
      order: { atMs: atMs + 3, name: '#1001', place },
    },
  ]);
});
beforeEach(() => clearAccessLog(world));
afterAll(() => world.close());

describe('opening a cart', () => {
  it('shows lines, timeline, order and place, and neither name nor e-mail', async () => {
    const cart = await readCart(services(), shopId, view, cartId);
    expect(cart?.lines.map(({ title, quantity }) => [title, quantity])).toEqual([
      ['Mug', 2],
      ['Soap', 1],
    ]);
    expect(cart?.timeline.map(({ kind }) => kind)).toEqual(['order-placed', 'checkout-started', 'changed', 'started']);
    expect(cart?.orders[0]?.name).toBe('#1001');
    expect(cart?.place).toEqual(place);
    expect(cart?.row.personCode).toBe('7F3K');
    expect(JSON.stringify(cart)).not.toMatch(/secret@|never-shown@|Never|Shown/);
  });

  it('is one record with fields, subjects and the number of values, and no identity', async () => {
    await readCart(services(), shopId, view, cartId);
    const found = await records();
    expect(found).toHaveLength(1);
    const [record] = found;
    expect(record).toMatchObject({
      shop_id: shopId,
      at: NOW,
      page: 'cart',
      purpose: 'cart-activity',
      request_id: 'request-1',
      // Two states, the place twice, the order's name.
      value_count: 7,
      fields: [
        'app.cart_states.sealed.lines',
        'app.checkouts.sealed.country',
        'app.checkouts.sealed.province',
        'app.orders.sealed.country',
        'app.orders.sealed.orderName',
        'app.orders.sealed.province',
      ],
    });
    expect(record?.['actor']).toMatch(/^staff:[0-9a-f]{32}$/);
    expect(JSON.stringify(record)).not.toContain(view.staffId);
    const pseudonyms = await world.superuser<{ pseudonym: Buffer }>(
      `SELECT pseudonym FROM keys.subject_keys WHERE scope IN ('cart', 'checkout', 'order')`,
    );
    const hex = (values: Buffer[]) => values.map((value) => value.toString('hex')).sort();
    expect(hex(record?.['subjects'] as Buffer[])).toEqual(hex(pseudonyms.map(({ pseudonym }) => pseudonym)));
  });

  it('records names that the registry knows', async () => {
    await readCart(services(), shopId, view, cartId);
    const [record] = await records();
    for (const field of record?.['fields'] as string[]) {
      expect(
        FIELDS.some(({ name }) => name === field || name.startsWith(`${field}.`)),
        field,
      ).toBe(true);
    }
  });

  it('says null for an id that is unknown, malformed or another shop’s, alike and without a record', async () => {
    for (const id of [uuidv7(), 'nonsense', "' OR true --", '']) {
      expect(await readCart(services(), shopId, view, id)).toBeNull();
    }
    expect(await readCart(services(), otherShopId, view, cartId)).toBeNull();
    expect(await records()).toEqual([]);
  });

  it('of which the key was destroyed shows nothing that was sealed', async () => {
    const [erased = ''] = await seedCarts(world, shopId, [{ states: [{ atMs: 1, lines: [line('Lamp', 1, 1)] }] }]);
    await world.superuser('DELETE FROM keys.subject_keys WHERE subject_id = $1', [erased]);
    const cart = await readCart(services(), shopId, view, erased);
    expect(cart?.lines).toEqual([]);
    expect(await records()).toEqual([]);
  });
});

describe('the gate', () => {
  it('gives nothing out when the record cannot be written', async () => {
    await world.superuser('REVOKE EXECUTE ON FUNCTION app.append_access_record FROM ci_app');
    try {
      await expect(readCart(services(), shopId, view, cartId)).rejects.toThrow();
    } finally {
      await world.superuser('GRANT EXECUTE ON FUNCTION app.append_access_record TO ci_app');
    }
    expect(await readCart(services(), shopId, view, cartId)).not.toBeNull();
  });

  it('writes one record for a view that opens several times, and none for a view that opens nothing', async () => {
    const looking = { ...view, page: 'cart', purpose: 'cart-activity' } as const;
    await openForPeople(services(), shopId, looking, async (tx, open) => {
      for (const { id, sealed } of await tx.order.findMany({ where: { shopId } })) {
        const value = { subjectId: id, sealed, place: { shop: shopId, table: 'orders', column: 'sealed', row: id } };
        const [first] = await open('order', [value], ['orderName']);
        const [second] = await open('order', [value], ['country', 'noSuchField']);
        expect([first, second]).toEqual([{ orderName: '#1001' }, { country: 'Canada' }]);
      }
    });
    expect(await records()).toMatchObject([{ value_count: 2 }]);

    await openForPeople(services(), shopId, looking, async (_tx, open) => open('order', [], ['orderName']));
    expect(await records()).toHaveLength(1);
  });

  it('lets nobody change or remove a record', async () => {
    await readCart(services(), shopId, view, cartId);
    const change = world.db.prisma.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT set_config('app.shop', ${shopId}, true)`;
      await tx.accessRecord.deleteMany({});
    });
    await expect(change).rejects.toThrow();
    expect(await records()).toHaveLength(1);
  });
});

describe('the door for machine work', () => {
  const work = {
    actor: 'system:privacy.copy',
    purpose: 'privacy-requests',
    job: 'privacy.copy',
    requestId: 'job-1',
  } as const;
  const openOrders = () =>
    openForWork(services(), shopId, work, async (tx, open) => {
      const orders = await tx.order.findMany({ where: { shopId } });
      const placeOf = (row: string) => ({ shop: shopId, table: 'orders', column: 'sealed', row });
      const values = orders.map(({ id, sealed }) => ({ subjectId: id, sealed, place: placeOf(id) }));
      return open('order', values, ['orderName']);
    });

  it('leaves a record that names the job', async () => {
    expect(await openOrders()).toEqual([{ orderName: '#1001' }]);
    expect(await records()).toMatchObject([
      {
        actor: 'system:privacy.copy',
        purpose: 'privacy-requests',
        page: 'privacy.copy',
        request_id: 'job-1',
        fields: ['app.orders.sealed.orderName'],
        value_count: 1,
      },
    ]);
  });

  it('gives nothing out when the record cannot be written', async () => {
    await world.superuser('REVOKE EXECUTE ON FUNCTION app.append_access_record FROM ci_app');
    try {
      await expect(openOrders()).rejects.toThrow();
    } finally {
      await world.superuser('GRANT EXECUTE ON FUNCTION app.append_access_record TO ci_app');
    }
    expect(await openOrders()).toHaveLength(1);
  });

  it('leaves no record of work that failed', async () => {
    const failing = openForWork(services(), shopId, work, async () => {
      throw new Error('in the middle');
    });
    await expect(failing).rejects.toThrow('in the middle');
    expect(await records()).toEqual([]);
  });
});
