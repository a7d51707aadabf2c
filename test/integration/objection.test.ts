/** Somebody who objects is tied to nothing, whatever came before and however it comes again. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { withShop } from '#app/data/with-shop.ts';
import { workObjection } from '#app/privacy/choices/work-objection.ts';
import { submitRequest } from '#app/privacy/desk/submit.ts';
import { createRequest } from '#app/privacy/requests/create.ts';
import { pauseRequest } from '#app/privacy/requests/move.ts';
import { readSteps } from '#app/privacy/requests/steps.ts';
import { NOBODY, type RequestSubject } from '#app/privacy/requests/subject.ts';
import { BreakingPoint } from '#test/support/breaking.ts';
import { behindTheLock } from '#test/support/behind-the-lock.ts';
import { type IngestWorld, openIngestWorld } from '#test/support/ingest-world.ts';
import { bodiesOf, everyRowOf, shopper } from '#test/support/shoppers.ts';

const SHOP = 'objection.myshopify.com';
const SEEDS = 12;
const isLong = process.env['LONG_SEEDS'] !== undefined;
/** Every so many statements one point; each one with `npm run test:long -- crash`. */
const STRIDE = isLong ? 1 : 11;
const MOST_STATEMENTS = 500;
const DAY = 24 * 3_600_000;
const START = Date.now() - DAY;
const HER = 'ada.objects@example.com';

let world: IngestWorld;
let shopId: string;
beforeAll(async () => {
  world = await openIngestWorld();
  shopId = await world.addShop(SHOP);
});
afterAll(() => world.close());
beforeEach(() =>
  world.superuser(
    `TRUNCATE inbox.events, app.carts, app.cart_states, app.checkouts, app.orders, app.people, app.person_aliases,
       app.suppressions, app.privacy_requests, keys.subject_keys CASCADE`,
  ),
);

type Told = readonly [topic: string, body: object];

const at = (minute: number) => new Date(START + minute * 60_000).toISOString();
const line = { id: 1, variant_id: 2, product_id: 3, title: 'Mug', quantity: 1, price: '5.00', line_price: '5.00' };

/** A whole purchase of one customer, and what is said of them afterwards. */
function purchase(number: number, id: number, email: string): Told[] {
  const base = number * 10;
  const customer = (minute: number) => ({ id, email, first_name: 'Ada', last_name: 'L', updated_at: at(minute) });
  const body = (minute: number) => ({
    created_at: at(base),
    updated_at: at(minute),
    currency: 'CAD',
    line_items: [line],
    email,
    customer: customer(minute),
  });
  const cart = `cart-${String(number)}`;
  const checkout = { token: `checkout-${String(number)}`, cart_token: cart };
  return [
    ['carts/create', { token: cart, created_at: at(base), updated_at: at(base), line_items: [line] }],
    ['checkouts/create', { ...body(base + 1), ...checkout }],
    ['checkouts/update', { ...body(base + 2), ...checkout }],
    ['orders/create', { ...body(base + 3), id: 9000 + number, cart_token: cart, checkout_token: checkout.token }],
    ['orders/updated', { ...body(base + 4), id: 9000 + number, cart_token: cart, checkout_token: checkout.token }],
    ['customers/update', customer(base + 5)],
  ];
}

async function tell(told: readonly Told[]): Promise<void> {
  for (const [topic, body] of told) await world.post({ shop: SHOP, topic, body: JSON.stringify(body) });
  await world.apply(shopId);
}

const deps = () => ({ db: world.db, pool: world.pool, keyStore: world.keyStore, clock: () => new Date() });

function begin(subject: Partial<RequestSubject>): Promise<string> {
  return withShop(world.db, shopId, (tx) =>
    createRequest(sqlTxOfPrisma(tx), world.keyStore, shopId, {
      kind: 'objection',
      source: 'merchant',
      regime: 'gdpr',
      scope: null,
      subject: { ...NOBODY, ...subject },
      receivedAt: new Date(),
      actor: 'staff:0',
    }),
  );
}

async function object(subject: Partial<RequestSubject>): Promise<string> {
  const requestId = await begin(subject);
  expect(await workObjection(deps(), shopId, requestId)).toBe('done');
  expect(await workObjection(deps(), shopId, requestId)).toBeNull();
  return requestId;
}

async function standing() {
  const [row] = await world.superuser(
    `SELECT (SELECT count(*)::int FROM app.people) AS people, (SELECT count(*)::int FROM app.carts) AS carts,
       (SELECT count(*)::int FROM app.orders) AS orders, (SELECT count(*)::int FROM app.checkouts) AS checkouts,
       (SELECT count(*)::int FROM app.carts WHERE person_id IS NOT NULL) AS tied_carts,
       (SELECT count(*)::int FROM app.checkouts WHERE person_id IS NOT NULL) AS tied_checkouts,
       (SELECT count(*)::int FROM app.orders WHERE person_id IS NOT NULL) AS tied_orders,
       (SELECT count(*)::int FROM keys.subject_keys WHERE scope = 'person') AS keys`,
  );
  return row;
}
const tied = (count: number) => ({
  people: Math.min(count, 1),
  keys: Math.min(count, 1),
  tied_carts: count,
  tied_checkouts: count,
  tied_orders: count,
});

describe('an objection', () => {
  it('control: without one, she is tied, and her address stands under the seals', async () => {
    await tell([...purchase(1, 77, HER), ...purchase(2, 77, HER)]);
    expect(await standing()).toMatchObject({ ...tied(2), carts: 2 });
    expect(JSON.stringify(await world.story(shopId))).toContain(HER);
  });

  it('cuts what was tied, ends her profile and its key, and keeps the carts and orders', async () => {
    await tell([...purchase(1, 77, HER), ...purchase(2, 88, 'stranger@example.com')]);
    await object({ customerIds: ['77'] });
    expect(await standing()).toMatchObject({ ...tied(1), carts: 2, checkouts: 2, orders: 2 });
    const story = JSON.stringify(await world.story(shopId));
    expect(story).not.toContain(HER);
    expect(story).toContain('stranger@example.com');
    expect(await world.superuser(`SELECT kind, what, source FROM app.suppressions ORDER BY kind`)).toEqual(
      ['customer', 'email'].map((kind) => ({ kind, what: 'objection', source: 'merchant' })),
    );
    expect(await world.superuser('SELECT state FROM app.privacy_requests')).toEqual([{ state: 'done' }]);
  });

  it('heeds a legal hold that comes while it waits for its turn', async () => {
    await tell(purchase(1, 77, HER));
    const requestId = await begin({ customerIds: ['77'] });
    const hold = async () => {
      const by = { actor: 'staff:0', at: new Date() };
      const held = withShop(world.db, shopId, (tx) =>
        pauseRequest(sqlTxOfPrisma(tx), shopId, requestId, 'legal-claims', by),
      );
      expect(await held).toBe('moved');
    };
    expect(await behindTheLock(world, shopId, [() => workObjection(deps(), shopId, requestId)], hold)).toEqual([null]);
    expect(await world.superuser('SELECT state FROM app.privacy_requests')).toEqual([{ state: 'paused' }]);
    expect(await standing()).toMatchObject(tied(1));
    expect(await world.superuser('SELECT FROM app.suppressions')).toEqual([]);
  });

  it('forgets with its end whom it was about', async () => {
    await tell(purchase(1, 77, HER));
    const requestId = await object({ customerIds: ['77'], emails: [HER] });
    const keys = await world.superuser(`SELECT FROM keys.subject_keys WHERE scope = 'request' AND subject_id = $1`, [
      requestId,
    ]);
    expect(keys).toEqual([]);
  });

  it('of somebody nobody knew yet holds from the first purchase on, as a guest and as a customer', async () => {
    await object({ emails: [HER] });
    await tell(purchase(1, 77, HER.toUpperCase()));
    const guest = { id: 9100, created_at: at(1), updated_at: at(1), currency: 'CAD', line_items: [], email: HER };
    await tell([['orders/create', guest]]);
    expect(await standing()).toMatchObject({ ...tied(0), orders: 2 });
  });

  it.each(Array.from({ length: SEEDS }, (_, seed) => seed + 1))(
    'in the middle of late, shuffled and repeated events (seed %i), nothing ties her again and nobody else is touched',
    async (seed) => {
      const random = mulberry(seed);
      const all = [...purchase(1, 77, HER), ...purchase(2, 77, HER), ...purchase(3, 88, 'stranger@example.com')];
      const shuffled = shuffle([...all, ...all], random);
      const before = Math.floor(random() * shuffled.length);
      await tell(shuffled.slice(0, before));
      // She is named in both ways: what has come may not have said yet that they belong together.
      await object({ customerIds: ['77'], emails: [HER] });
      await tell(shuffled.slice(before));
      await tell(shuffle(all, random));
      expect(await standing()).toMatchObject({ ...tied(1), carts: 3, checkouts: 3, orders: 3 });
      const story = JSON.stringify(await world.story(shopId));
      expect(story).not.toContain(HER);
      expect(story).toContain('stranger@example.com');
    },
  );
});

describe('an objection that is taken back', () => {
  const services = () => ({
    ...deps(),
    jobs: { add: () => Promise.resolve(), close: () => Promise.resolve() },
  });
  const takeBack = async (requestId: string, ground = 'mistake') => {
    const form = new FormData();
    form.set('intent', 'takeBack');
    form.set('ground', ground);
    return submitRequest(services(), shopId, '1', requestId, form);
  };

  it('lets new carts be tied again, stands in the history with its reason, and brings nothing back', async () => {
    await tell(purchase(1, 77, HER));
    const requestId = await object({ customerIds: ['77'] });
    await tell(purchase(2, 77, HER));
    expect(await standing()).toMatchObject(tied(0));
    expect(await takeBack(requestId)).toBe('done');
    expect(await takeBack(requestId)).toBe('too-late');
    await tell(purchase(3, 77, HER));
    expect(await standing()).toMatchObject({ ...tied(1), carts: 3, orders: 3 });
    const steps = await withShop(world.db, shopId, (tx) => readSteps(sqlTxOfPrisma(tx), shopId, requestId));
    expect(steps.map(({ step, ground }) => [step, ground]).at(-1)).toEqual(['taken-back', 'mistake']);
    expect(await world.superuser('SELECT DISTINCT ended_why FROM app.suppressions')).toEqual([
      { ended_why: 'mistake' },
    ]);
    await expect(takeBack(requestId, 'because')).rejects.toMatchObject({ status: 400 });
  });

  it('cuts whom Shopify merged with them loose as well, whichever of the two was known, and empties the shelf', async () => {
    const gid = (id: number) => `gid://shopify/Customer/${String(id)}`;
    const shelf = () => world.superuser('SELECT 1 AS one FROM inbox.events WHERE sealed IS NOT NULL');
    const profiles = (told: readonly Told[]) => told.filter(([topic]) => topic === 'customers/update');
    await tell([...purchase(1, 88, 'other@example.com'), ...profiles(purchase(2, 77, HER))]);
    expect(await standing()).toMatchObject(tied(1));
    expect(await shelf()).toHaveLength(1);
    await object({ customerIds: ['77'] });
    expect(await shelf()).toEqual([]);
    expect(await standing()).toMatchObject(tied(1));
    await tell([
      [
        'customers/merge',
        { admin_graphql_api_customer_deleted_id: gid(77), admin_graphql_api_customer_kept_id: gid(88) },
      ],
    ]);
    expect(await standing()).toMatchObject({ ...tied(0), carts: 1, orders: 1 });
    // Nor are they known again as a guest by their address.
    const guest = purchase(3, 0, 'other@example.com').map(([topic, body]): Told => [
      topic,
      { ...body, customer: null },
    ]);
    await tell(guest.filter(([topic]) => topic !== 'customers/update'));
    expect(await standing()).toMatchObject({ ...tied(0), carts: 2 });
  });

  it('is taken back for whom Shopify merged with them, too; another objection stands', async () => {
    const requestId = await object({ customerIds: ['77'] });
    await object({ customerIds: ['88'] });
    const gid = (id: number) => `gid://shopify/Customer/${String(id)}`;
    await tell([
      [
        'customers/merge',
        { admin_graphql_api_customer_deleted_id: gid(77), admin_graphql_api_customer_kept_id: gid(99) },
      ],
    ]);
    await tell(purchase(1, 99, 'kept@example.com'));
    expect(await standing()).toMatchObject(tied(0));
    expect(await takeBack(requestId)).toBe('done');
    await tell([...purchase(2, 99, 'kept@example.com'), ...purchase(3, 88, 'other@example.com')]);
    expect(await standing()).toMatchObject(tied(1));
  });
});

describe('an objection that is broken off anywhere and run again', () => {
  it('is done once, and nobody else is touched', { timeout: 3_600_000 }, async () => {
    const [bo, her] = [shopper(), shopper()];
    await tell(bodiesOf(bo));
    const untouched = await everyRowOf(world, shopId, bo);
    let points = 0;
    for (let at = 0; at < MOST_STATEMENTS; at += STRIDE) {
      await tell(bodiesOf({ ...shopper(), customerId: her.customerId, email: her.email }));
      expect(await standing()).toMatchObject({ people: 2, keys: 2, tied_carts: 2 });
      const requestId = await begin({ customerIds: [her.customerId] });
      const point = new BreakingPoint(at);
      const broken = { ...deps(), db: point.database(world.db), pool: point.pool(world.pool) };
      const first = await workObjection(broken, shopId, requestId).catch(() => 'broken');
      if (first === 'broken') expect(await workObjection(deps(), shopId, requestId)).toBe('done');
      expect(await standing()).toMatchObject({ people: 1, keys: 1, tied_carts: 1, tied_checkouts: 1, tied_orders: 1 });
      expect(await everyRowOf(world, shopId, bo)).toEqual(untouched);
      const steps = await withShop(world.db, shopId, (tx) => readSteps(sqlTxOfPrisma(tx), shopId, requestId));
      expect(steps.map(({ step }) => step)).toEqual(['received', 'started', 'done']);
      // Taken back, so that the next round can tie again.
      await world.superuser('TRUNCATE app.suppressions');
      if (!point.isReached) break;
      points += 1;
    }
    if (isLong) console.log(`An objection broken off at each of ${String(points)} statements`);
    expect(points).toBeGreaterThan(isLong ? 20 : 1);
  });
});

describe('an objection that races with batches for the shop’s lock', () => {
  it.each(Array.from({ length: SEEDS }, (_, seed) => seed + 1))(
    'leaves nobody tied, whoever comes first (seed %i)',
    async (seed) => {
      const random = mulberry(seed);
      const hers = [...purchase(1, 77, HER), ...purchase(2, 77, HER)];
      const all = shuffle([...hers, ...hers, ...purchase(3, 88, 'stranger@example.com')], random);
      const before = Math.floor(random() * all.length);
      await tell(all.slice(0, before));
      const requestId = await begin({ customerIds: ['77'], emails: [HER] });
      for (const [topic, body] of all.slice(before))
        await world.post({ shop: SHOP, topic, body: JSON.stringify(body) });
      const applying = async () => {
        // A lock that is held means "busy": the worker comes back later.
        for (let tries = 0; tries < 10; tries += 1) await world.apply(shopId).catch(() => undefined);
      };
      const [outcome] = await Promise.all([workObjection(deps(), shopId, requestId), applying()]);
      expect(outcome).toBe('done');
      await world.apply(shopId);
      await tell(shuffle(hers, random));
      expect(await standing()).toMatchObject({ ...tied(1), carts: 3, checkouts: 3, orders: 3 });
      const story = JSON.stringify(await world.story(shopId));
      expect(story).not.toContain(HER);
      expect(story).toContain('stranger@example.com');
    },
  );
});

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
