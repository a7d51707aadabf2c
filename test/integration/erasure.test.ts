/** One person is erased: they are nowhere, everybody else is byte for byte as before, and nothing brings them back. */
import { randomInt } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { withShop, withShopSql } from '#app/data/with-shop.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { signingPublicKeys } from '#app/data/signing-key.ts';
import { submitRequest } from '#app/privacy/desk/submit.ts';
import { followedSince, readRun } from '#app/privacy/erasure/run-record.ts';
import { type ErasureDeps, workErasure } from '#app/privacy/erasure/work-erasure.ts';
import { checkReceipt } from '#app/privacy/receipts/check.ts';
import { readReceipt } from '#app/privacy/receipts/issue.ts';
import { blockedReturns } from '#app/privacy/forgotten/tombstones.ts';
import { makePackage } from '#app/privacy/package/make.ts';
import { endPackages } from '#app/privacy/package/store.ts';
import { createRequest } from '#app/privacy/requests/create.ts';
import { NOBODY, type RequestSubject } from '#app/privacy/requests/subject.ts';
import { offerRequest, pauseRequest, resumeRequest } from '#app/privacy/requests/move.ts';
import { listRequests, readRequest } from '#app/privacy/requests/read.ts';
import { scanResidue } from '#app/privacy/residue/scan-residue.ts';
import { behindTheLock } from '#test/support/behind-the-lock.ts';
import { erasureDeps } from '#test/support/erasure-deps.ts';
import { type IngestWorld, openIngestWorld, type Told } from '#test/support/ingest-world.ts';
import { bodiesOf, everyRowOf, type Shopper, shopper } from '#test/support/shoppers.ts';

const SHOP = 'forgetful.myshopify.com';
let world: IngestWorld;
let shopId: string;

beforeAll(async () => {
  world = await openIngestWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  shopId = await world.addShop(`f${String(randomInt(1e9))}-${SHOP}`);
  const [row] = await world.superuser<{ domain: string }>('SELECT domain FROM app.shops WHERE id = $1', [shopId]);
  domain = row?.domain ?? '';
});

let domain = '';
const deps = (): ErasureDeps => erasureDeps(world, { backupDays: 14 });
const inShop = <T>(work: Parameters<typeof withShopSql<T>>[2]) => withShopSql(world.pool, shopId, work);

const tell = (...webhooks: readonly Told[]) => world.tell({ id: shopId, domain }, ...webhooks);

async function redact(who: Shopper): Promise<string> {
  await tell([
    'customers/redact',
    { shop_domain: domain, customer: { id: who.customerId, email: who.email }, orders_to_redact: [who.orderId] },
  ]);
  const [request] = await inShop((tx) => listRequests(tx, shopId));
  if (request === undefined) throw new Error('The request was not recorded');
  return request.id;
}

async function erase(who: Shopper): Promise<string> {
  const requestId = await redact(who);
  expect(await workErasure(deps(), shopId, requestId)).toBe('done');
  return requestId;
}

const count = async (table: string) =>
  (await world.superuser<{ n: number }>(`SELECT count(*)::int AS n FROM ${table} WHERE shop_id = $1`, [shopId]))[0]?.n;
const lookFor = (who: Shopper) =>
  scanResidue(
    deps(),
    shopId,
    { values: [who.customerId, who.email, who.orderId], sharable: new Set(), ids: [], refs: [], erasedAt: null },
    { actor: 'system:test', purpose: 'privacy-requests', job: 'test', requestId: 'r' },
  );

/** A request that staff begin. */
function begin(kind: 'access' | 'erasure', named: Partial<RequestSubject>): Promise<string> {
  return withShop(world.db, shopId, (tx) =>
    createRequest(sqlTxOfPrisma(tx), world.keyStore, shopId, {
      kind,
      source: 'merchant',
      regime: 'gdpr',
      scope: kind === 'access' ? 'everything' : null,
      subject: { ...NOBODY, ...named },
      receivedAt: new Date(),
      actor: 'staff:3f2a0000000000000000000000000001',
    }),
  );
}

const SEALED_IN_INBOX = 'SELECT 1 AS one FROM inbox.events WHERE shop_id = $1 AND sealed IS NOT NULL';

/** A clock that breaks when it is asked for the time so often. */
function failingAt(ask: number): () => Date {
  let asked = 0;
  return () => {
    asked += 1;
    if (asked > ask) throw new Error('broken off');
    return new Date();
  };
}

describe('an erasure', () => {
  it('leaves nothing of the person, and everybody else byte for byte', async () => {
    const [amina, bo] = [shopper(), shopper()];
    await tell(...bodiesOf(bo), ...bodiesOf(amina));
    const before = await everyRowOf(world, shopId, bo);
    expect(before.length).toBeGreaterThan(8);
    expect((await lookFor(amina)).hits).toBe(3);

    const requestId = await erase(amina);

    expect(await everyRowOf(world, shopId, bo)).toEqual(before);
    expect(await lookFor(amina)).toMatchObject({ hits: 0, places: [] });
    expect(await count('app.people')).toBe(1);
    expect(await count('app.carts')).toBe(1);
    const scopes = await world.superuser(
      'SELECT scope, count(*)::int AS n FROM keys.subject_keys WHERE shop_id = $1 GROUP BY 1 ORDER BY 1',
      [shopId],
    );
    expect(scopes).toEqual(['cart', 'checkout', 'order', 'person'].map((scope) => ({ scope, n: 1 })));
    const [request] = await inShop((tx) => listRequests(tx, shopId));
    expect(request).toMatchObject({ id: requestId, state: 'done' });
  });

  it('ends copies that were made for the person, and leaves other people’s alone', async () => {
    const [amina, bo] = [shopper(), shopper()];
    await tell(...bodiesOf(bo), ...bodiesOf(amina));
    for (const { customerId, email } of [amina, bo])
      await tell(['customers/data_request', { shop_domain: domain, customer: { id: customerId, email } }]);
    for (const { id } of await inShop((tx) => listRequests(tx, shopId))) await makePackage(deps(), shopId, id);
    // Two requests and two copies.
    expect((await lookFor(amina)).places).toContainEqual({
      where: 'app.access_packages.sealed',
      how: 'sealed',
      count: 1,
    });

    // What it waits for until shortly before it is due; then it waits no more.
    const requestId = await redact(amina);
    expect(await workErasure(deps(), shopId, requestId)).toBe('waits');
    const later = () => new Date(Date.now() + 28 * 86_400_000);
    expect(await workErasure({ ...deps(), clock: later }, shopId, requestId)).toBe('done');

    const rows = await world.superuser<{ end_reason: string | null; sealed: boolean }>(
      'SELECT end_reason, sealed IS NOT NULL AS sealed FROM app.access_packages WHERE shop_id = $1 ORDER BY 1',
      [shopId],
    );
    expect(rows).toEqual([
      { end_reason: 'erased', sealed: false },
      { end_reason: null, sealed: true },
    ]);
  });

  it('waits until the person has the copy they asked for, shows what for, and then goes on by itself', async () => {
    const [amina, bo] = [shopper(), shopper()];
    await tell(...bodiesOf(bo), ...bodiesOf(amina));
    const ask = async ({ customerId, email }: Shopper) => {
      await tell(['customers/data_request', { shop_domain: domain, customer: { id: customerId, email } }]);
      const requests = await inShop((tx) => listRequests(tx, shopId, { onlyOpen: true }));
      return requests.find(({ kind, waitsFor }) => kind === 'access' && waitsFor === null)?.id ?? '';
    };
    // Somebody else's copy keeps nobody waiting.
    const ofBo = await ask(bo);
    expect(await workErasure(deps(), shopId, await redact(shopper()))).toBe('done');

    await tell(['customers/data_request', { shop_domain: domain, customer: { id: amina.customerId, email: null } }]);
    const open = await inShop((tx) => listRequests(tx, shopId, { onlyOpen: true }));
    const copyId = open.find(({ id }) => id !== ofBo)?.id ?? '';
    const erasureId = await redact(amina);
    const records = async () =>
      (await world.superuser('SELECT 1 FROM app.access_records WHERE shop_id = $1', [shopId])).length;
    expect(await workErasure(deps(), shopId, erasureId)).toBe('waits');
    const noted = await records();
    expect(await workErasure(deps(), shopId, erasureId)).toBe('waits');
    // Nothing is opened again while it is known what is waited for.
    expect(await records()).toBe(noted);
    const standing = async () => {
      const [request] = await inShop((tx) => listRequests(tx, shopId));
      return { state: request?.state, waitsFor: request?.waitsFor };
    };
    expect(await standing()).toEqual({ state: 'received', waitsFor: copyId });
    expect(await count('app.people')).toBe(2);

    await makePackage(deps(), shopId, copyId);
    expect(await workErasure(deps(), shopId, erasureId)).toBe('waits');
    const mover = { actor: 'staff:0', at: new Date() };
    await inShop((tx) => offerRequest(tx, shopId, copyId, 'ready', mover));
    expect(await workErasure(deps(), shopId, erasureId)).toBe('waits');
    await inShop((tx) => endPackages(tx, shopId, { requestIds: [copyId] }, 'fetched', new Date()));
    // The download may have broken off: for a quarter of an hour it can be made anew.
    const inMinutes = (minutes: number) => ({ ...deps(), clock: () => new Date(Date.now() + minutes * 60_000) });
    expect(await workErasure(inMinutes(14), shopId, erasureId)).toBe('waits');
    expect(await workErasure(inMinutes(16), shopId, erasureId)).toBe('done');
    expect(await standing()).toEqual({ state: 'done', waitsFor: null });
    expect(await count('app.people')).toBe(1);
  });

  it('is taken up at once when staff end or hold the request for the copy', async () => {
    const amina = shopper();
    await tell(...bodiesOf(amina));
    const about = { customerIds: [amina.customerId] };
    const copyId = await begin('access', about);
    const erasureId = await begin('erasure', about);
    expect(await workErasure(deps(), shopId, erasureId)).toBe('waits');
    const added: unknown[] = [];
    const jobs = {
      add: (_tx: unknown, name: string, data: object) => Promise.resolve(void added.push([name, data])),
      close: () => Promise.resolve(),
    };
    const press = async (intent: string, ground: string) => {
      const form = new FormData();
      form.set('intent', intent);
      form.set('ground', ground);
      expect(await submitRequest({ ...deps(), jobs }, shopId, '1', copyId, form)).toBe('done');
    };
    await press('pause', 'identity');
    expect(added).toEqual([['request.work', { shopId, requestId: erasureId }]]);
    expect(await workErasure(deps(), shopId, erasureId)).toBe('done');
    // Nothing waits any more, so nothing is woken.
    await press('refuse', 'withdrawn');
    expect(added).toHaveLength(1);
  });

  it('knows the same person under an address in other letters, and under the number they had before a merge', async () => {
    const [amina, former] = [shopper(), shopper()];
    await tell(...bodiesOf(amina));
    const gid = (who: Shopper) => `gid://shopify/Customer/${who.customerId}`;
    await tell([
      'customers/merge',
      { admin_graphql_api_customer_deleted_id: gid(former), admin_graphql_api_customer_kept_id: gid(amina) },
    ]);
    const wide = amina.email.replace('s', '\uFF33');
    for (const named of [{ emails: [wide] }, { customerIds: [former.customerId] }]) {
      const copyId = await begin('access', named);
      expect([named, await workErasure(deps(), shopId, await begin('erasure', { emails: [amina.email] }))]).toEqual([
        named,
        'waits',
      ]);
      await inShop((tx) => pauseRequest(tx, shopId, copyId, 'identity', { actor: 'staff:0', at: new Date() }));
    }
  });

  it('does not wait for a request that nobody has verified: from outside anybody can ask in anybody’s name', async () => {
    const amina = shopper();
    await tell(...bodiesOf(amina));
    await tell(['customers/data_request', { shop_domain: domain, customer: { id: amina.customerId } }]);
    const [copy] = await inShop((tx) => listRequests(tx, shopId));
    await world.superuser(
      `UPDATE app.privacy_requests SET state = 'paused', paused_at = now(), pause_ground = 'identity' WHERE id = $1`,
      [copy?.id],
    );
    await erase(amina);
    expect(await count('app.people')).toBe(0);
  });

  it('ends in one signed receipt that says what was done and names nobody', async () => {
    const amina = shopper();
    await tell(...bodiesOf(amina));
    const requestId = await erase(amina);
    expect(await workErasure(deps(), shopId, requestId)).toBeNull();
    const receipt = await inShop((tx) => readReceipt(tx, shopId, requestId));
    if (receipt === null) throw new Error('There is no receipt');
    const { statement } = receipt;
    expect(statement).toMatchObject({ held: true, shop: domain, scan: { hits: 0 }, inbox: { unopened: 0 } });
    const numbers = Object.fromEntries(statement.tables.map(({ table, before, after }) => [table, [before, after]]));
    expect(numbers).toMatchObject({
      'app.people': [1, 0],
      'app.carts': [1, 0],
      'app.cart_states': [2, 0],
      'app.checkouts': [1, 0],
      'app.orders': [1, 0],
    });
    expect(statement.keysDestroyed).toBe(4);
    const days = (until: string | null) =>
      Math.round((Date.parse(until ?? '') - Date.parse(statement.erasedAt?.slice(0, 10) ?? '')) / 86_400_000);
    expect([statement.copies.lastInboxKeyGone, statement.copies.lastBackupGone].map(days)).toEqual([7, 14]);
    const text = JSON.stringify(receipt);
    for (const value of [amina.customerId, amina.email, amina.orderId, amina.cartToken])
      expect(text).not.toContain(value);

    const keys = await world.db.prisma.$transaction((tx) => signingPublicKeys(sqlTxOfPrisma(tx), world.keyring));
    expect(checkReceipt(text, keys)).toBe('genuine');
    expect(checkReceipt(JSON.stringify(receipt, null, 2), keys)).toBe('genuine');
    expect(checkReceipt(text.replace('"keysDestroyed":4', '"keysDestroyed":5'), keys)).toBe('changed');
    expect(checkReceipt(text, new Map())).toBe('unknown-key');
    expect(checkReceipt('{}', keys)).toBe('no-receipt');
  });

  it('that two jobs work on at once is told of once, with what was really there', async () => {
    const amina = shopper();
    await tell(...bodiesOf(amina));
    const requestId = await redact(amina);
    const work = () => workErasure(deps(), shopId, requestId);
    expect(await behindTheLock(world, shopId, [work, work])).toEqual(['done', 'done']);
    const receipt = await inShop((tx) => readReceipt(tx, shopId, requestId));
    expect(receipt?.statement).toMatchObject({ keysDestroyed: 4, scan: { hits: 0 } });
    expect(receipt?.statement.tables.find(({ table }) => table === 'app.orders')).toMatchObject({
      before: 1,
      after: 0,
    });
    expect(await count('app.erasure_receipts')).toBe(1);
  });

  it('heeds a legal hold that comes while it waits for its turn; one that is carried out cannot be held', async () => {
    const amina = shopper();
    await tell(...bodiesOf(amina));
    const requestId = await redact(amina);
    const by = { actor: 'staff:0', at: new Date() };
    const hold = () => inShop((tx) => pauseRequest(tx, shopId, requestId, 'legal-claims', by));
    const held = async () => expect(await hold()).toBe('moved');
    const work = () => workErasure(deps(), shopId, requestId);
    expect(await behindTheLock(world, shopId, [work], held)).toEqual([null]);
    expect(await inShop((tx) => readRequest(tx, shopId, requestId))).toMatchObject({ state: 'paused' });
    expect([await count('app.people'), await count('app.orders')]).toEqual([1, 1]);

    await inShop((tx) => resumeRequest(tx, shopId, requestId, by));
    // Broken off between the erasure and the look for leftovers.
    for (let ask = 1; (await count('app.people')) !== 0; ask += 1) {
      const broken = { ...deps(), clock: failingAt(ask) };
      await expect(workErasure(broken, shopId, requestId)).rejects.toThrow('broken off');
    }
    expect(await inShop((tx) => readRequest(tx, shopId, requestId))).toMatchObject({ state: 'working' });
    expect(await hold()).toBe('not-allowed');
    expect(await work()).toBe('done');
  });

  it('destroys keys with rows: a saved ciphertext does not open any more', async () => {
    const amina = shopper();
    await tell(...bodiesOf(amina));
    const saved = await world.superuser<{ id: string }>('SELECT id FROM app.people WHERE shop_id = $1', [shopId]);
    await erase(amina);
    const ids = saved.map(({ id }) => id);
    const keys = await inShop((tx) => world.keyStore.subjectKeys(tx, shopId, 'person', ids));
    expect(keys.size).toBe(0);
  });

  it('of somebody unknown ends in a receipt of nothing, and still keeps them out', async () => {
    const amina = shopper();
    const requestId = await erase(amina);
    await tell(...bodiesOf(amina));
    expect(await count('app.people')).toBe(0);
    expect(await count('app.orders')).toBe(0);
    expect((await inShop((tx) => blockedReturns(tx, shopId, requestId))).blocked).toBeGreaterThan(0);
  });

  it('drops what waits in the inbox: pending, on the shelf and given up', async () => {
    const [amina, bo] = [shopper(), shopper()];
    await tell(...bodiesOf(amina));
    const requestId = await redact(amina);
    const profile = (who: Shopper) => bodiesOf(who).filter(([topic]) => topic === 'customers/update');
    await tell(...profile(bo));
    for (const [topic, body] of [...bodiesOf(amina), ...bodiesOf(bo)]) {
      const late = { ...body, updated_at: new Date().toISOString() };
      expect(await world.post({ shop: domain, topic, body: JSON.stringify(late) })).toBe(200);
    }
    await world.superuser(
      `UPDATE inbox.events SET pending = false, failure_code = 'x' WHERE shop_id = $1 AND pending AND topic = 6`,
      [shopId],
    );
    const sealedRows = () =>
      world.superuser('SELECT 1 AS one FROM inbox.events WHERE shop_id = $1 AND sealed IS NOT NULL', [shopId]);
    const before = (await sealedRows()).length;
    expect(await workErasure(deps(), shopId, requestId)).toBe('done');
    // Hers are gone, the other's still wait: the profile on the shelf and one of everything.
    expect(before - (await sealedRows()).length).toBe(bodiesOf(amina).length);
    const receipt = await inShop((tx) => readReceipt(tx, shopId, requestId));
    expect(receipt?.statement.inbox.dropped).toBe(bodiesOf(amina).length);
  });
});

describe('the stay-forgotten gate', () => {
  it('turns away whatever comes late, in any order, and counts it', async () => {
    const [amina, bo] = [shopper(), shopper()];
    await tell(...bodiesOf(amina), ...bodiesOf(bo));
    const requestId = await erase(amina);
    const before = await everyRowOf(world, shopId, bo);
    const late = bodiesOf(amina).map(([topic, body]): [string, object] => [topic, { ...body, late: 'copy' }]);
    for (const webhook of late.reverse())
      await tell([webhook[0], { ...webhook[1], updated_at: new Date().toISOString() }]);
    expect(await lookFor(amina)).toMatchObject({ hits: 0 });
    expect(await count('app.people')).toBe(1);
    expect(await count('app.carts')).toBe(1);
    expect(await everyRowOf(world, shopId, bo)).toEqual(before);
    expect((await inShop((tx) => blockedReturns(tx, shopId, requestId))).blocked).toBe(late.length);
    expect(
      await world.superuser('SELECT 1 FROM inbox.events WHERE shop_id = $1 AND sealed IS NOT NULL', [shopId]),
    ).toEqual([]);
  });

  it('takes a new purchase, clean and never joined to the past', async () => {
    const amina = shopper();
    await tell(...bodiesOf(amina));
    await erase(amina);
    // The same customer, the same cart: a new checkout and order.
    const again = { ...shopper(), customerId: amina.customerId, email: amina.email, cartToken: amina.cartToken };
    const at = new Date(Date.now() + 60_000);
    const purchases = bodiesOf(again, at).filter(([topic]) => /^(checkouts|orders)/.test(topic));
    await tell(...purchases);
    expect(await count('app.people')).toBe(1);
    expect(await count('app.orders')).toBe(1);
    expect(await count('app.carts')).toBe(0);
    // Late ones of the past still go, the new one stays.
    await tell(...bodiesOf(amina).map(([topic, body]): [string, object] => [topic, { ...body, note: 'late' }]));
    expect(await count('app.orders')).toBe(1);
    expect(await count('app.people')).toBe(1);
  });

  it('follows a cart that nobody knew to be theirs, whichever comes first', async () => {
    for (const order of ['cart first', 'checkout first']) {
      const amina = shopper();
      await tell(...bodiesOf(amina));
      await erase(amina);
      // A guest cart of hers, unknown at the erasure, created before it.
      const guest = { ...shopper(), email: amina.email, customerId: '' };
      const then = new Date(Date.now() - 60_000);
      const [cart, rest] = [
        bodiesOf(guest, then).filter(([topic]) => topic.startsWith('carts/')),
        bodiesOf(guest, then).filter(([topic]) => topic.startsWith('checkouts/')),
      ];
      const told = order === 'cart first' ? [cart, rest] : [rest, cart];
      for (const webhooks of told) await tell(...webhooks);
      expect([order, await count('app.carts')]).toEqual([order, 0]);
      expect([order, await count('app.checkouts')]).toEqual([order, 0]);
    }
  });

  describe('and a merge that is heard of late', () => {
    const merge = (deleted: Shopper, kept: Shopper, at: Date, status = 'completed'): [string, object] => [
      'customers/merge',
      {
        admin_graphql_api_customer_deleted_id: `gid://shopify/Customer/${deleted.customerId}`,
        admin_graphql_api_customer_kept_id: `gid://shopify/Customer/${kept.customerId}`,
        status,
        at: at.toISOString(),
      },
    ];
    const tellAt = async ([topic, body]: [string, object], triggeredAt: Date) => {
      expect(await world.post({ shop: domain, topic, body: JSON.stringify(body), triggeredAt })).toBe(200);
      await world.apply(shopId);
    };
    const before = () => new Date(Date.now() - 60_000);

    it.each(['into', 'out of'])(
      '%s the erased one, from before: both were one person, and both are gone',
      async (way) => {
        const [amina, alias, bo] = [shopper(), shopper(), shopper()];
        await tell(...bodiesOf(amina), ...bodiesOf(alias), ...bodiesOf(bo));
        const untouched = await everyRowOf(world, shopId, bo);
        const at = before();
        await erase(amina);
        expect(await count('app.people')).toBe(2);
        await tellAt(way === 'into' ? merge(alias, amina, at) : merge(amina, alias, at), at);
        expect(await count('app.people')).toBe(1);
        expect(await count('app.orders')).toBe(1);
        expect(await count('app.carts')).toBe(1);
        expect(await everyRowOf(world, shopId, bo)).toEqual(untouched);
        expect(await lookFor(alias)).toMatchObject({ hits: 0 });
        // Nothing of either comes back, and what is new of them starts clean.
        for (const [topic, body] of [...bodiesOf(alias), ...bodiesOf(amina)]) await tell([topic, { ...body, late: 1 }]);
        expect(await count('app.people')).toBe(1);
        const again = { ...shopper(), customerId: alias.customerId, email: alias.email };
        await tell(
          ...bodiesOf(again, new Date(Date.now() + 60_000)).filter(([topic]) => /^(checkouts|orders)/.test(topic)),
        );
        expect(await count('app.people')).toBe(2);
      },
    );

    const followed = async (requestId: string) => followedSince(await inShop((tx) => readRun(tx, shopId, requestId)));
    const late = (who: Shopper, topics: RegExp, updatedAt = new Date()) =>
      bodiesOf(who)
        .filter(([topic]) => topics.test(topic))
        .map(([topic, body]): [string, object] => [topic, { ...body, updated_at: updatedAt.toISOString() }]);

    it('takes along whatever the erasure would have taken, and the request says how much that was', async () => {
      const [amina, alias] = [shopper(), shopper()];
      await tell(...bodiesOf(amina), ...bodiesOf(alias));
      await tell([
        'customers/data_request',
        { shop_domain: domain, customer: { id: alias.customerId, email: alias.email } },
      ]);
      const [asked] = await inShop((tx) => listRequests(tx, shopId));
      await makePackage(deps(), shopId, asked?.id ?? '');
      const at = before();
      const requestId = await erase(amina);
      expect(await followed(requestId)).toBeNull();
      const rows = async () =>
        ((await count('app.people')) ?? 0) +
        ((await count('app.carts')) ?? 0) +
        ((await count('app.cart_states')) ?? 0) +
        ((await count('app.checkouts')) ?? 0) +
        ((await count('app.orders')) ?? 0);
      const there = await rows();

      await tellAt(merge(alias, amina, at), at);

      expect(await rows()).toBe(0);
      // Person, cart, checkout and order.
      expect(await followed(requestId)).toMatchObject({ rows: there, keys: 4 });
      const copies = await world.superuser('SELECT sealed, end_reason FROM app.access_packages WHERE shop_id = $1', [
        shopId,
      ]);
      expect(copies).toEqual([{ sealed: null, end_reason: 'erased' }]);
      // Nor does anything come back that says no customer's number: their cart, a guest of their address.
      await tell(...late(alias, /^carts/));
      await tell(...late({ ...shopper(), customerId: '', email: alias.email.toUpperCase() }, /^(carts|checkouts)/));
      expect(await rows()).toBe(0);
      expect(await world.superuser('SELECT kind FROM app.tombstones WHERE shop_id = $1', [shopId])).toHaveLength(12);
    });

    it('empties the shelf of a customer of whom nothing else was known', async () => {
      const [amina, alias] = [shopper(), shopper()];
      await tell(...bodiesOf(amina), ...late(alias, /^customers/, before()));
      const at = before();
      await erase(amina);
      expect(await world.superuser(SEALED_IN_INBOX, [shopId])).toHaveLength(1);
      await tellAt(merge(amina, alias, at), at);
      expect(await world.superuser(SEALED_IN_INBOX, [shopId])).toEqual([]);
    });

    it('reaches whoever was merged with the other half before, and what comes in the same batch', async () => {
      const [amina, alias, earlier] = [shopper(), shopper(), shopper()];
      await tell(...bodiesOf(amina), ...bodiesOf(earlier));
      const at = before();
      await tellAt(merge(earlier, alias, at), at);
      await erase(amina);
      for (const [topic, body] of [...bodiesOf(alias), ...late(earlier, /^(carts|orders)/)]) {
        await world.post({ shop: domain, topic, body: JSON.stringify(body) });
      }
      await tellAt(merge(alias, amina, at), at);
      for (const table of ['people', 'carts', 'checkouts', 'orders']) {
        expect([table, await count(`app.${table}`)]).toEqual([table, 0]);
      }
      for (const who of [alias, earlier]) expect(await lookFor(who)).toMatchObject({ hits: 0 });
    });

    it('leaves an address to a customer who has it as well', async () => {
      const [amina, alias, bo] = [shopper(), shopper(), shopper()];
      const sharing = { ...bo, email: alias.email };
      await tell(...bodiesOf(amina), ...bodiesOf(alias), ...bodiesOf(sharing));
      const untouched = await everyRowOf(world, shopId, sharing);
      const at = before();
      await erase(amina);
      await tellAt(merge(alias, amina, at), at);
      expect(await everyRowOf(world, shopId, sharing)).toEqual(untouched);
      const marks = await world.superuser(`SELECT 1 FROM app.tombstones WHERE shop_id = $1 AND kind = 'email'`, [
        shopId,
      ]);
      expect(marks).toHaveLength(1);
    });

    it.each(['waits in the inbox at the erasure', 'comes before the receipt'])(
      'stands in the receipt if it %s',
      async (when) => {
        const [amina, alias] = [shopper(), shopper()];
        await tell(...bodiesOf(amina), ...bodiesOf(alias));
        const at = before();
        const requestId = await redact(amina);
        const [topic, body] = merge(alias, amina, at);
        if (when.startsWith('waits')) {
          await world.post({ shop: domain, topic, body: JSON.stringify(body), triggeredAt: at });
        } else {
          const isErased = async () => (await inShop((tx) => readRun(tx, shopId, requestId))) !== null;
          for (let asks = 1; !(await isErased()); asks += 1) {
            await workErasure({ ...deps(), clock: failingAt(asks) }, shopId, requestId).catch(() => undefined);
          }
          expect((await inShop((tx) => readRequest(tx, shopId, requestId)))?.state).toBe('working');
          await tellAt([topic, body], at);
        }
        expect(await workErasure(deps(), shopId, requestId)).toBe('done');
        const receipt = await inShop((tx) => readReceipt(tx, shopId, requestId));
        expect(receipt?.statement.keysDestroyed).toBe(8);
        expect(receipt?.statement.tables.find(({ table }) => table === 'app.orders')).toMatchObject({
          before: 2,
          after: 0,
        });
        expect(await followed(requestId)).toBeNull();
      },
    );

    it('that failed, or came after the erasure, erases nobody and brings nobody back', async () => {
      const [amina, bo] = [shopper(), shopper()];
      await tell(...bodiesOf(amina), ...bodiesOf(bo));
      const at = before();
      await erase(amina);
      const untouched = await everyRowOf(world, shopId, bo);
      await tellAt(merge(bo, amina, at, 'failed'), at);
      expect(await everyRowOf(world, shopId, bo)).toEqual(untouched);
      const after = new Date(Date.now() + 1_000);
      await tellAt(merge(amina, bo, after), after);
      expect(await count('app.people')).toBe(1);
      expect(await count('app.orders')).toBe(1);
      expect(await lookFor(amina)).toMatchObject({ hits: 0 });
      // Whoever is erased now is so under both names.
      await erase(bo);
      expect(await count('app.people')).toBe(0);
      expect(await world.superuser('SELECT 1 FROM app.person_aliases WHERE shop_id = $1', [shopId])).toEqual([]);
    });
  });

  describe('for a request that names nothing but an address', () => {
    const eraseByAddress = async (email: string) => {
      expect(await workErasure(deps(), shopId, await begin('erasure', { emails: [email] }))).toBe('done');
    };
    const nothing = async () =>
      [await count('app.people'), await count('app.carts'), await count('app.orders')].map((rows) => rows ?? 0);

    it('turns away a customer who has it and was not known yet, wherever their webhooks are', async () => {
      const [late, waiting, shelved] = [shopper(), shopper(), shopper()];
      for (const [topic, body] of bodiesOf(waiting))
        await world.post({ shop: domain, topic, body: JSON.stringify(body) });
      await eraseByAddress(waiting.email);
      await world.apply(shopId);
      await tell(...bodiesOf(shelved).filter(([topic]) => topic === 'customers/update'));
      await eraseByAddress(shelved.email);
      await eraseByAddress(late.email);
      await tell(...bodiesOf(late));
      expect(await nothing()).toEqual([0, 0, 0]);
      expect(await world.superuser(SEALED_IN_INBOX, [shopId])).toEqual([]);
      for (const who of [late, waiting, shelved]) expect(await lookFor(who)).toMatchObject({ hits: 0 });
      // Erased by their address, they are by their number, too; and what is new is taken.
      const renamed = { ...shopper(), customerId: late.customerId };
      await tell(...bodiesOf(renamed).filter(([topic]) => topic.startsWith('orders/')));
      expect(await nothing()).toEqual([0, 0, 0]);
      await tell(
        ...bodiesOf({ ...shopper(), customerId: late.customerId, email: late.email }, new Date(Date.now() + 60_000)),
      );
      expect((await nothing())[0]).toBe(1);
    });

    it('leaves a customer alone who was known under another address, whatever address they take', async () => {
      const bo = shopper();
      await tell(...bodiesOf(bo));
      const free = shopper().email;
      await eraseByAddress(free);
      const moved = { ...bo, email: free };
      await tell(
        ...bodiesOf(moved).map(([topic, body]): [string, object] => [
          topic,
          { ...body, updated_at: new Date().toISOString() },
        ]),
      );
      expect(await nothing()).toEqual([1, 1, 1]);
      expect((await lookFor(moved)).hits).toBeGreaterThan(0);
    });
  });

  it('lets a profile change somebody who is there and make nobody', async () => {
    const amina = shopper();
    await tell(...bodiesOf(amina));
    await erase(amina);
    const profile = (at: Date) => bodiesOf(amina, at).filter(([topic]) => topic === 'customers/update');
    await tell(...profile(new Date(Date.now() + 60_000)));
    expect(await count('app.people')).toBe(0);
    expect(
      await world.superuser('SELECT 1 FROM inbox.events WHERE shop_id = $1 AND sealed IS NOT NULL', [shopId]),
    ).toEqual([]);
  });
});
