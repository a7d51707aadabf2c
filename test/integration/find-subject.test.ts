/** Who is meant by a request, and who is not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { withShop } from '#app/data/with-shop.ts';
import { findSubject, type NamedSubject } from '#app/privacy/subject/find-subject.ts';
import { type IngestWorld, openIngestWorld } from '#test/support/ingest-world.ts';

const SHOP = 'subjects.myshopify.com';
/** Yesterday, so that nothing is too old to be taken in, in whatever year the tests run. */
const AT = new Date(Date.now() - 24 * 3_600_000).toISOString();
const lines = [{ variant_id: 1, product_id: 2, title: 'Mug', quantity: 1, price: '9.00' }];

let world: IngestWorld;
let shopId: string;

interface Bought {
  readonly token: string;
  readonly customer?: { id: number; email: string };
  readonly email?: string;
  /** Also an order, of this number. */
  readonly order?: number;
}

async function buys({ token, customer, email, order }: Bought): Promise<void> {
  const body = { created_at: AT, updated_at: AT, currency: 'CAD', line_items: lines };
  const who = { customer: customer ?? null, email: email ?? customer?.email ?? null };
  await post('carts/create', { ...body, token });
  await post('checkouts/create', { ...body, ...who, token: `co-${token}`, cart_token: token });
  if (order === undefined) return;
  await post('orders/create', { ...body, ...who, id: order, cart_token: token, checkout_token: `co-${token}` });
}

async function post(topic: string, body: object): Promise<void> {
  expect(await world.post({ shop: SHOP, topic, body: JSON.stringify(body) })).toBe(200);
}

const find = (named: NamedSubject) =>
  withShop(world.db, shopId, (tx) => findSubject(sqlTxOfPrisma(tx), world.keyStore, shopId, named));

/** What was found, by the carts: each buys in one of a name. */
async function cartsOf(named: NamedSubject): Promise<number> {
  return (await find(named)).cartIds.length;
}

beforeAll(async () => {
  world = await openIngestWorld();
  shopId = await world.addShop(SHOP);
  await buys({ token: 'amina-1', customer: { id: 1, email: 'amina@example.com' }, order: 101 });
  await buys({ token: 'amina-2', customer: { id: 1, email: 'amina@example.com' } });
  await buys({ token: 'amina-guest', email: 'Amina@Example.com ', order: 102 });
  // Two customers who share an address, and a guest of it who could be either.
  await buys({ token: 'bo', customer: { id: 2, email: 'family@example.com' }, order: 103 });
  await buys({ token: 'cy', customer: { id: 3, email: 'family@example.com' }, order: 104 });
  await buys({ token: 'family-guest', email: 'family@example.com' });
  // A gift: the friend's address on somebody else's order.
  await buys({ token: 'gift', customer: { id: 4, email: 'dee@example.com' }, email: 'friend@example.com', order: 105 });
  await buys({ token: 'friend', customer: { id: 5, email: 'friend@example.com' }, order: 106 });
  // One whom Shopify merged into another.
  await buys({ token: 'eve-old', customer: { id: 6, email: 'eve@example.com' } });
  await buys({ token: 'eve-new', customer: { id: 7, email: 'eve.new@example.com' } });
  await post('customers/merge', {
    admin_graphql_api_customer_deleted_id: 'gid://shopify/Customer/6',
    admin_graphql_api_customer_kept_id: 'gid://shopify/Customer/7',
    status: 'completed',
  });
  await buys({ token: 'nobody' });
  await world.apply(shopId);
});
afterAll(() => world.close());

describe('a person is found', () => {
  it('by number and by global id, with what they did as a guest of the same address', async () => {
    const found = await find({ customerIds: ['1'] });
    expect(found).toMatchObject({ personIds: { length: 2 }, cartIds: { length: 3 }, orderIds: { length: 2 } });
    expect(found.checkoutIds).toHaveLength(3);
    expect(await find({ customerIds: ['gid://shopify/Customer/1'] })).toEqual(found);
  });

  it('by e-mail however it is written', async () => {
    expect(await cartsOf({ emails: ['AMINA@example.COM'] })).toBe(3);
  });

  it('by an order alone: whoever made it', async () => {
    expect(await cartsOf({ orderIds: ['101'] })).toBe(3);
    expect(await cartsOf({ orderIds: ['gid://shopify/Order/102'] })).toBe(1);
  });

  it('by either side of a merge', async () => {
    expect(await cartsOf({ customerIds: ['6'] })).toBe(2);
    expect(await cartsOf({ customerIds: ['7'] })).toBe(2);
    expect(await cartsOf({ emails: ['eve@example.com'] })).toBe(2);
    expect((await find({ customerIds: ['6'] })).customerRefs).toHaveLength(2);
  });

  it('by our own ids', async () => {
    const [bo] = (await find({ customerIds: ['2'] })).personIds;
    expect(await cartsOf({ personIds: [bo] })).toBe(1);
  });
});

describe('somebody else is not', () => {
  it('who shares the address', async () => {
    const bo = await find({ customerIds: ['2'] });
    expect(bo).toMatchObject({ personIds: { length: 1 }, cartIds: { length: 1 }, orderIds: { length: 1 } });
    const named = await find({ customerIds: ['2'], emails: ['family@example.com'] });
    // The guest of an address the request names is the one who is meant; the other customer is not.
    expect(named).toMatchObject({ personIds: { length: 2 }, cartIds: { length: 2 }, orderIds: { length: 1 } });
    const cy = await find({ customerIds: ['3'] });
    expect(cy.orderIds.filter((id) => bo.orderIds.includes(id))).toEqual([]);
  });

  it('who received the gift, nor the one who gave it', async () => {
    const dee = await find({ customerIds: ['4'], orderIds: ['105'] });
    const friend = await find({ customerIds: ['5'], emails: ['friend@example.com'], orderIds: ['106'] });
    expect(dee).toMatchObject({ personIds: { length: 1 }, cartIds: { length: 1 }, orderIds: { length: 1 } });
    expect(friend).toMatchObject({ personIds: { length: 1 }, cartIds: { length: 1 }, orderIds: { length: 1 } });
    expect(dee.personIds).not.toEqual(friend.personIds);
  });

  it('whose order is named for another customer: the order goes, the person stays', async () => {
    const found = await find({ customerIds: ['1'], orderIds: ['103'] });
    expect(found.orderIds).toHaveLength(3);
    expect(found.personIds).toHaveLength(2);
  });

  it.each([
    ['nothing', {}],
    ['empty lists', { customerIds: [], emails: [], orderIds: [], cartIds: [], personIds: [] }],
    ['absent values', { customerIds: [undefined, null], emails: [undefined, null], orderIds: [undefined] }],
    ['empty texts', { customerIds: ['', ' '], emails: ['', '  '], orderIds: [''], cartIds: [''], personIds: [''] }],
    ['what is no id', { customerIds: ['1 OR 1=1', '%'], orderIds: ['*'], cartIds: ['%'], personIds: ['null'] }],
  ] as [string, NamedSubject][])('who is named by %s', async (_, named) => {
    expect(await find(named)).toEqual({
      personIds: [],
      cartIds: [],
      checkoutIds: [],
      orderIds: [],
      customerRefs: [],
      emailIndexes: [],
    });
  });
});
