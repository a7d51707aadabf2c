/** A shopper's choices: asked of Shopify, kept, and held to by what comes afterwards. */
import { afterAll, beforeEach, beforeAll, describe, expect, it } from 'vitest';

import { withShop } from '#app/data/with-shop.ts';
import { findUntold, optOut, takeBackOptOut, tellOptOut } from '#app/privacy/choices/opt-out.ts';
import { readChoice } from '#app/privacy/choices/read-choice.ts';
import { readChoices } from '#app/privacy/choices/read-choices.ts';
import { createAdminApi } from '#app/shopify/admin.ts';
import { createApplyHandlers } from '#app/worker/apply-handlers.ts';
import { type IngestWorld, openIngestWorld } from '#test/support/ingest-world.ts';

const SHOP = 'choices.myshopify.com';
const DAY = 24 * 3_600_000;
const START = Date.now();

let world: IngestWorld;
let shopId: string;
let minute = 0;

beforeAll(async () => {
  world = await openIngestWorld();
  shopId = await world.addShop(SHOP);
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.superuser(
    `TRUNCATE inbox.events, app.carts, app.cart_states, app.checkouts, app.orders, app.people, app.person_aliases,
       app.suppressions, keys.subject_keys`,
  );
  await grant('write_privacy_settings');
});
/** What the shop allows, besides what every shop does. */
const grant = (...scopes: string[]) =>
  world.superuser('UPDATE app.shops SET granted_scopes = $2 WHERE id = $1', [shopId, ['read_customers', ...scopes]]);

const now = () => new Date(START - DAY + (minute += 1) * 60_000).toISOString();

function order(id: number, who: { id?: number; email?: string | null }): [string, object] {
  const at = now();
  const customer =
    who.id === undefined ? {} : { customer: { id: who.id, email: who.email ?? null, first_name: 'A', updated_at: at } };
  const body = {
    id,
    cart_token: `cart-${String(id)}`,
    created_at: at,
    updated_at: at,
    currency: 'CAD',
    line_items: [],
  };
  return ['orders/create', { ...body, email: who.email ?? null, ...customer }];
}

async function tell(...told: [string, object][]): Promise<void> {
  for (const [topic, body] of told) await world.post({ shop: SHOP, topic, body: JSON.stringify(body) });
  await world.apply(shopId);
}

/** Shopify, as far as it knows who has opted out; what it was asked stands in `asked`. */
function shopify(optedOut: Record<string, boolean>, answers: ((ids: string[]) => Response)[] = []) {
  const asked: string[][] = [];
  const admin = createAdminApi({
    tokens: { get: async () => ({ domain: SHOP, accessToken: 't' }) },
    wait: () => Promise.resolve(),
    fetch: async (_, init) => {
      const { ids } = JSON.parse(String(init?.body)).variables as { ids: string[] };
      asked.push(ids);
      const answer = answers.shift();
      if (answer !== undefined) return answer(ids);
      const nodes = ids.map((id) => {
        const dataSaleOptOut = optedOut[id.slice(id.lastIndexOf('/') + 1)];
        return dataSaleOptOut === undefined ? null : { id, dataSaleOptOut };
      });
      return Response.json({ data: { nodes } });
    },
  });
  return { admin, asked };
}

const read = (admin: ReturnType<typeof shopify>['admin'], afterMs = 0) =>
  readChoices({ db: world.db, keyStore: world.keyStore, clock: () => new Date(Date.now() + afterMs), admin }, shopId);

const people = () =>
  world.superuser<{ answer: string | null; asked: boolean; is_guest: boolean }>(
    `SELECT sale_answer AS answer, sale_asked_at IS NOT NULL AS asked, guest_ref IS NOT NULL AS is_guest
     FROM app.people ORDER BY id`,
  );
const linked = async () =>
  (
    await world.superuser<{ count: number }>(
      'SELECT count(*)::int AS count FROM app.orders WHERE person_id IS NOT NULL',
    )
  )[0]?.count;

describe('who has opted out is asked of Shopify', () => {
  it('once people are known, in the transaction that makes them known', async () => {
    const added: string[] = [];
    const queue = { add: async (_: unknown, name: string) => void added.push(name), close: () => Promise.resolve() };
    const { keyStore, log } = world;
    const handlers = createApplyHandlers({ keyStore, queue, log, now: () => new Date() });
    const post = async ([topic, body]: [string, object]) => {
      await world.post({ shop: SHOP, topic, body: JSON.stringify(body) });
      await world.apply(shopId, handlers);
    };
    const choicesAsked = () => added.filter((name) => name === 'choices.read').length;
    await post(order(1, { id: 11, email: 'a@example.com' }));
    expect(choicesAsked()).toBe(1);
    await read(shopify({ 11: false }).admin);
    await post(order(2, { id: 11, email: 'a@example.com' }));
    expect(choicesAsked()).toBe(1);
  });

  it('in one question for all, and the answers are kept, with a record of what was opened', async () => {
    await tell(
      order(1, { id: 11, email: 'a@example.com' }),
      order(2, { id: 12, email: 'b@example.com' }),
      order(3, { id: 13, email: 'c@example.com' }),
      order(4, { email: 'guest@example.com' }),
    );
    expect((await people()).map(({ answer, asked }) => [answer, asked])).toEqual(Array(4).fill([null, false]));
    const { admin, asked } = shopify({ 11: false, 12: true });
    expect(await read(admin)).toBe('done');
    expect(asked.map((ids) => ids.length)).toEqual([3]);
    // The third is gone at Shopify, and of a guest it can say nothing: both stay unknown.
    expect((await people()).map(({ answer }) => answer).sort()).toEqual(['may', null, null, 'opted-out']);
    expect(await world.superuser('SELECT kind, what, source FROM app.suppressions ORDER BY kind')).toEqual([
      { kind: 'customer', what: 'sale-opt-out', source: 'shopify' },
      { kind: 'email', what: 'sale-opt-out', source: 'shopify' },
    ]);
    expect(
      await world.superuser(
        'SELECT actor, purpose, cardinality(subjects)::int AS people FROM app.access_records ORDER BY seq DESC LIMIT 1',
      ),
    ).toEqual([{ actor: 'system:choices.read', purpose: 'privacy-requests', people: 4 }]);
  });

  it('again after a week, and what was taken back ends', async () => {
    await tell(order(1, { id: 11, email: 'a@example.com' }));
    await read(shopify({ 11: true }).admin);
    const sooner = shopify({ 11: false });
    await read(sooner.admin, 6 * DAY);
    expect(sooner.asked).toEqual([]);
    const later = shopify({ 11: false });
    await read(later.admin, 8 * DAY);
    expect(later.asked).toEqual([['gid://shopify/Customer/11']]);
    expect((await people()).map(({ answer }) => answer)).toEqual(['may']);
    expect(await world.superuser('SELECT 1 AS one FROM app.suppressions WHERE ended_at IS NULL')).toEqual([]);
  });

  it('with patience when Shopify throttles; without a right, nothing is answered and nobody counts as asked', async () => {
    await tell(order(1, { id: 11, email: 'a@example.com' }));
    const throttled = () => Response.json({ errors: [{ extensions: { code: 'THROTTLED' } }] });
    const denied = () => Response.json({ errors: [{ extensions: { code: 'ACCESS_DENIED' } }] });
    await expect(read(shopify({}, [denied]).admin)).rejects.toMatchObject({ code: 'shopify.refused' });
    expect((await people()).map(({ answer, asked }) => [answer, asked])).toEqual([[null, false]]);
    const patient = shopify({ 11: false }, [throttled, throttled]);
    await read(patient.admin);
    expect(patient.asked.length).toBe(3);
    expect((await people()).map(({ answer }) => answer)).toEqual(['may']);
  });

  it('a guest of an address whose customer has opted out has opted out, too; not where two customers share it', async () => {
    await tell(
      order(1, { email: 'a@example.com' }),
      order(2, { id: 11, email: 'a@example.com' }),
      order(3, { id: 12, email: 'shared@example.com' }),
      order(4, { id: 13, email: 'shared@example.com' }),
    );
    await read(shopify({ 11: true, 12: true, 13: false }).admin);
    const answers = await people();
    expect(answers.find((one) => one.is_guest)?.answer).toBe('opted-out');
    expect(
      answers
        .filter((one) => !one.is_guest)
        .map(({ answer }) => answer)
        .sort(),
    ).toEqual(['may', 'opted-out', 'opted-out']);
  });
});

describe('somebody who has opted out', () => {
  it('is tied to nothing new, by number, by address, and after a merge; what was tied stays', async () => {
    await tell(order(1, { id: 11, email: 'a@example.com' }), order(2, { id: 12, email: 'b@example.com' }));
    await read(shopify({ 11: true, 12: false }).admin);
    expect(await linked()).toBe(2);
    await tell(
      order(3, { id: 11 }),
      order(4, { email: 'A@example.com ' }),
      order(5, { id: 11, email: 'elsewhere@example.com' }),
    );
    expect(await linked()).toBe(2);
    expect((await people()).length).toBe(2);
    await tell([
      'customers/merge',
      {
        admin_graphql_api_customer_deleted_id: 'gid://shopify/Customer/11',
        admin_graphql_api_customer_kept_id: 'gid://shopify/Customer/14',
      },
    ]);
    await tell(order(6, { id: 14, email: 'new@example.com' }));
    expect(await linked()).toBe(2);
    // Control: somebody else is tied as ever.
    await tell(order(7, { id: 12, email: 'b@example.com' }));
    expect(await linked()).toBe(3);
  });
});

describe('an opt-out that staff set', () => {
  const services = () => ({ db: world.db, keyStore: world.keyStore, clock: () => new Date() });
  const jobs = { add: () => Promise.resolve(), close: () => Promise.resolve() };
  const set = async () => {
    await tell(order(1, { id: 11, email: 'a@example.com' }));
    const [person] = await world.superuser<{ id: string }>('SELECT id FROM app.people');
    const personId = person?.id ?? '';
    const who = { staffId: '1', requestId: 'r' };
    expect(await optOut({ ...services(), jobs }, shopId, who, personId)).toBe(true);
    return personId;
  };
  const answering = (userErrors: object[], asked: unknown[] = []) =>
    createAdminApi({
      tokens: { get: async () => ({ domain: SHOP, accessToken: 't' }) },
      fetch: async (_, init) => {
        asked.push(JSON.parse(String(init?.body)).variables);
        return Response.json({ data: { dataSaleOptOut: { customerId: null, userErrors } } });
      },
    });

  it('holds at once, is told to Shopify, and is confirmed when Shopify has taken it', async () => {
    const personId = await set();
    expect(await readChoice(services(), shopId, [personId])).toMatchObject({
      choice: 'opted-out',
      source: 'merchant',
      isConfirmed: false,
    });
    await tell(order(2, { id: 11, email: 'a@example.com' }));
    expect(await linked()).toBe(1);

    const asked: unknown[] = [];
    await tellOptOut({ ...services(), admin: answering([], asked) }, shopId, personId);
    expect(asked).toEqual([{ email: 'a@example.com' }]);
    expect(await readChoice(services(), shopId, [personId])).toMatchObject({ source: 'merchant', isConfirmed: true });
  });

  it('is theirs alone where another customer has the same address: neither is the other refused, nor Shopify told of it', async () => {
    const ids = async () => (await world.superuser<{ id: string }>('SELECT id FROM app.people')).map(({ id }) => id);
    await tell(order(1, { id: 12, email: 'shared@example.com' }));
    const [refusing = ''] = await ids();
    await tell(order(2, { id: 13, email: 'shared@example.com' }));
    const other = (await ids()).find((id) => id !== refusing) ?? '';
    const who = { staffId: '1', requestId: 'r' };
    expect(await optOut({ ...services(), jobs }, shopId, who, refusing)).toBe(true);
    expect(await linked()).toBe(2);
    await tell(order(3, { id: 13, email: 'shared@example.com' }));
    expect(await linked()).toBe(3);
    await tell(order(4, { id: 12, email: 'shared@example.com' }));
    expect(await linked()).toBe(3);
    const told: unknown[] = [];
    await tellOptOut({ ...services(), admin: answering([], told) }, shopId, refusing);
    expect(told).toEqual([]);
    await read(shopify({ 12: false, 13: false }).admin);
    const choiceOf = async (id: string) => (await readChoice(services(), shopId, [id])).choice;
    expect([await choiceOf(refusing), await choiceOf(other)]).toEqual(['opted-out', 'may']);
  });

  it('is taken back whole, also where the address is shared only since', async () => {
    const personId = await set();
    await tell(order(2, { id: 13, email: 'b@example.com' }));
    const at = now();
    const body = { id: 13, email: 'a@example.com', first_name: 'B', updated_at: at };
    await tell(['customers/update', body]);
    const addresses = await world.superuser<{ email_index: Buffer }>('SELECT DISTINCT email_index FROM app.people');
    expect(addresses).toHaveLength(1);
    const who = { staffId: '1', requestId: 'r' };
    expect(await takeBackOptOut({ ...services(), jobs }, shopId, who, personId, 'wish')).toBe('taken-back');
    expect(await world.superuser('SELECT 1 FROM app.suppressions WHERE ended_at IS NULL')).toEqual([]);
  });

  it('is told again every night until Shopify has taken it, and not told where the shop does not allow it', async () => {
    const personId = await set();
    const untold = () => withShop(world.db, shopId, (tx) => findUntold(tx, world.keyStore, shopId));
    const refusing = tellOptOut({ ...services(), admin: answering([{ code: 'OPT_OUT_FAILED' }]) }, shopId, personId);
    await expect(refusing).rejects.toMatchObject({ code: 'shopify.answer' });
    expect(await untold()).toEqual([personId]);

    await grant();
    const asked: unknown[] = [];
    await tellOptOut({ ...services(), admin: answering([], asked) }, shopId, personId);
    expect(asked).toEqual([]);
    expect(await readChoice(services(), shopId, [personId])).toMatchObject({
      choice: 'opted-out',
      isConfirmed: false,
      mayTell: false,
    });
    expect(await untold()).toEqual([personId]);

    await grant('write_privacy_settings');
    await tellOptOut({ ...services(), admin: answering([], asked) }, shopId, personId);
    expect(asked).toHaveLength(1);
    expect(await untold()).toEqual([]);
    expect(await readChoice(services(), shopId, [personId])).toMatchObject({ isConfirmed: true, mayTell: true });
  });

  it('is told when the shop has allowed it: the webhook asks for it', async () => {
    const added: string[] = [];
    const queue = { add: async (_: unknown, name: string) => void added.push(name), close: () => Promise.resolve() };
    const { keyStore, log } = world;
    const handlers = createApplyHandlers({ keyStore, queue, log, now: () => new Date() });
    const current = ['read_customers', 'write_privacy_settings'];
    const body = { id: 1, previous: ['read_customers'], current, updated_at: new Date().toISOString() };
    expect(await world.post({ shop: SHOP, topic: 'app/scopes_update', body: JSON.stringify(body) })).toBe(200);
    await world.apply(shopId, handlers);
    expect(added).toEqual(['shop.details', 'choices.untold']);
  });

  it('is taken back with a reason, on record; Shopify is asked again, and a job on its way tells nothing', async () => {
    const personId = await set();
    const added: string[] = [];
    const asking = { ...jobs, add: async (_: unknown, name: string) => void added.push(name) };
    const who = { staffId: '1', requestId: 'r' };
    const takeBack = () => takeBackOptOut({ ...services(), jobs: asking }, shopId, who, personId, 'mistake');
    expect(await takeBack()).toBe('taken-back');
    expect(await takeBack()).toBe('none');
    expect(added).toEqual(['choices.read']);
    expect(await readChoice(services(), shopId, [personId])).toMatchObject({ choice: 'unknown', sinceMs: null });
    expect(
      await world.superuser(`SELECT DISTINCT ended_why, ended_at IS NOT NULL AS ended FROM app.suppressions`),
    ).toEqual([{ ended_why: 'mistake', ended: true }]);
    expect(
      await world.superuser(
        `SELECT page, reason, cardinality(subjects)::int AS people FROM app.access_records WHERE actor LIKE 'staff:%' ORDER BY seq DESC LIMIT 1`,
      ),
    ).toEqual([{ page: 'person-opt-out-taken-back', reason: 'mistake', people: 1 }]);
    const told: unknown[] = [];
    await tellOptOut({ ...services(), admin: answering([], told) }, shopId, personId);
    expect(told).toEqual([]);
    // New purchases are tied again.
    await tell(order(2, { id: 11, email: 'a@example.com' }));
    expect(await linked()).toBe(2);
    await read(shopify({ 11: false }).admin);
    expect(await readChoice(services(), shopId, [personId])).toMatchObject({ choice: 'may' });
  });

  it('that Shopify has taken over is taken back here, and Shopify’s own word stands', async () => {
    const personId = await set();
    await tellOptOut({ ...services(), admin: answering([]) }, shopId, personId);
    const who = { staffId: '1', requestId: 'r' };
    expect(await takeBackOptOut({ ...services(), jobs }, shopId, who, personId, 'wish')).toBe('taken-back');
    await read(shopify({ 11: true }).admin);
    expect(await readChoice(services(), shopId, [personId])).toMatchObject({ choice: 'opted-out', source: 'shopify' });
    // What Shopify says is nobody's here to end.
    expect(await takeBackOptOut({ ...services(), jobs }, shopId, who, personId, 'wish')).toBe('none');
    expect(await readChoice(services(), shopId, [personId])).toMatchObject({ choice: 'opted-out' });
  });

  it('holds even if Shopify refuses it or says otherwise a week later', async () => {
    const personId = await set();
    const refusing = tellOptOut({ ...services(), admin: answering([{ code: 'OPT_OUT_FAILED' }]) }, shopId, personId);
    await expect(refusing).rejects.toMatchObject({ code: 'shopify.answer' });
    await read(shopify({ 11: false }).admin, 8 * DAY);
    expect(await readChoice(services(), shopId, [personId])).toMatchObject({
      choice: 'opted-out',
      source: 'merchant',
      isConfirmed: false,
    });
  });
});
