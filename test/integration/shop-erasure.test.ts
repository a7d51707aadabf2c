/** A shop that goes is erased, keys first; one that comes back is not; and one that nobody speaks of is erased by itself. */
import { randomInt } from 'node:crypto';

import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { writeAccessRecord } from '#app/access/record.ts';
import { KeyStore } from '#app/data/keys.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { withShop, withShopSql } from '#app/data/with-shop.ts';
import { readChoices } from '#app/privacy/choices/read-choices.ts';
import { readReceipt } from '#app/privacy/receipts/issue.ts';
import { listRequests } from '#app/privacy/requests/read.ts';
import { openOverdueErasure } from '#app/privacy/shop-erasure/overdue.ts';
import { TABLES_OF_A_SHOP } from '#app/privacy/shop-erasure/tables.ts';
import { workShopErasure } from '#app/privacy/shop-erasure/work-shop-erasure.ts';
import { recordInstallation } from '#app/shopify/installation.ts';
import { type IngestWorld, openIngestWorld, type Told } from '#test/support/ingest-world.ts';
import { bodiesOf, shopper } from '#test/support/shoppers.ts';

let world: IngestWorld;
let shop: string;
let shopId: string;

beforeAll(async () => {
  world = await openIngestWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  shop = `leaving-${String(randomInt(1e9))}.myshopify.com`;
  shopId = await world.addShop(shop);
  await tell(...bodiesOf(shopper()));
});

const tell = (...webhooks: readonly Told[]) => world.tell({ id: shopId, domain: shop }, ...webhooks);

async function tellAt(topic: string, body: object, triggeredAt: Date): Promise<void> {
  expect(await world.post({ shop, topic, body: JSON.stringify(body), triggeredAt })).toBe(200);
  await world.apply(shopId);
}

const inShop = <T>(work: Parameters<typeof withShopSql<T>>[2]) => withShopSql(world.pool, shopId, work);
const uninstall = () => tell(['app/uninstalled', { myshopify_domain: shop }]);
const redact = () => tell(['shop/redact', { shop_domain: shop }]);
const requests = () => inShop((tx) => listRequests(tx, shopId));
const install = (at = new Date()) =>
  withShop(world.db, shopId, (tx) => recordInstallation(sqlTxOfPrisma(tx), shopId, { grantedScopes: [], at }));
const work = async () => {
  const [request] = await requests();
  const { pool, keyStore, keyring } = world;
  const deps = { pool, keyStore, keyring, clock: () => new Date(), backupDays: null };
  return workShopErasure(deps, shopId, request?.id ?? '');
};
const keysLeft = () => world.superuser('SELECT purpose FROM keys.shop_keys WHERE shop_id = $1', [shopId]);
const statusOf = async () => (await world.superuser('SELECT status FROM app.shops WHERE id = $1', [shopId]))[0];

describe('a shop that went', () => {
  it('is erased but for its name, what was agreed and a receipt without people', async () => {
    await world.superuser(
      `INSERT INTO app.agreement_acceptances (shop_id, id, epoch, version, sha256, accepted_at, signer_role, sealed)
       VALUES ($1, gen_random_uuid(), 1, 'v', '\\x01', now(), 'owner', '\\x0102')`,
      [shopId],
    );
    await uninstall();
    await redact();
    expect(await work()).toBe('erasing');
    expect(await statusOf()).toEqual({ status: 'redacted' });
    for (const table of [
      'keys.subject_keys',
      'keys.shop_keys',
      'app.people',
      'app.carts',
      'app.orders',
      'inbox.events',
    ]) {
      const rows = await world.superuser(
        `SELECT 1 AS one FROM ${table} t WHERE shop_id = $1 ${table === 'inbox.events' ? 'AND (topic NOT IN (13, 17) OR sealed IS NOT NULL)' : ''}`,
        [shopId],
      );
      expect([table, rows]).toEqual([table, []]);
    }
    const [agreement] = await world.superuser(
      'SELECT version, sealed, ended_at IS NOT NULL AS ended FROM app.agreement_acceptances WHERE shop_id = $1',
      [shopId],
    );
    expect(agreement).toEqual({ version: 'v', sealed: Buffer.alloc(0), ended: true });
    const [request] = await requests();
    expect(request).toMatchObject({ kind: 'shop-erasure', state: 'done' });
    const receipt = await inShop((tx) => readReceipt(tx, shopId, request?.id ?? ''));
    expect(receipt?.statement).toMatchObject({ kind: 'shop-erasure', shop, keysDestroyed: 4 });
    expect(receipt?.statement.tables.find(({ table }) => table === 'app.people')).toMatchObject({
      before: 1,
      after: 0,
    });
  });

  it('and came back is left as it is, and the request says so', async () => {
    await uninstall();
    await redact();
    await install();
    expect(await work()).toBe('superseded');
    expect((await requests())[0]).toMatchObject({ state: 'superseded', closingGround: 'shop-came-back' });
    expect(await world.superuser('SELECT 1 AS one FROM app.people WHERE shop_id = $1', [shopId])).toHaveLength(1);
  });

  it('starts clean with new keys when it is installed after its erasure', async () => {
    const keysOf = () => withShop(world.db, shopId, (tx) => world.keyStore.shopKeys(sqlTxOfPrisma(tx), shopId));
    const old = await keysOf();
    await uninstall();
    await redact();
    await work();
    expect(await install()).toMatchObject({ isNew: true, epoch: 2 });
    expect((await keysOf()).pseudonymKey.equals(old.pseudonymKey)).toBe(false);
    expect(await world.superuser('SELECT 1 AS one FROM app.tombstones WHERE shop_id = $1', [shopId])).toEqual([]);
  });

  it('gets no keys again from a job that comes late', async () => {
    await uninstall();
    await redact();
    await work();
    const { db, clock } = { db: world.db, clock: () => new Date() };
    const keyStore = new KeyStore(world.keyring);
    const admin = { run: () => Promise.reject(new Error('Nobody is left to ask about')) };
    expect(await readChoices({ db, keyStore, clock, admin }, shopId)).toBe('done');
    await expect(inShop((tx) => keyStore.shopKeys(tx, shopId))).rejects.toMatchObject({ code: 'shop.erased' });
    expect(await keysLeft()).toEqual([]);
  });

  it('nor from one that began before its erasure and ends after it', async () => {
    await uninstall();
    await redact();
    await world.superuser('DELETE FROM keys.subject_keys WHERE shop_id = $1', [shopId]);
    await world.superuser('DELETE FROM keys.shop_keys WHERE shop_id = $1', [shopId]);
    const release = Promise.withResolvers<undefined>();
    const made = Promise.withResolvers<undefined>();
    const late = inShop(async (tx) => {
      await new KeyStore(world.keyring).shopKeys(tx, shopId);
      made.resolve(undefined);
      await release.promise;
    });
    await made.promise;
    const erasing = work();
    const isWaiting = `SELECT 1 AS one FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%app.shops%FOR UPDATE%'`;
    try {
      await vi.waitFor(async () => expect(await world.superuser(isWaiting)).toHaveLength(1), { timeout: 20_000 });
    } finally {
      release.resolve(undefined);
      await late;
    }
    expect(await erasing).toBe('erasing');
    expect(await keysLeft()).toEqual([]);
  });

  it('nor keys of its subjects, by a program that still remembers its own', async () => {
    const keyStore = new KeyStore(world.keyring);
    await inShop((tx) => keyStore.shopKeys(tx, shopId));
    await uninstall();
    await redact();
    expect(await work()).toBe('erasing');
    // The control: it has not been told, and takes the keys for good.
    await inShop((tx) => keyStore.shopKeys(tx, shopId));
    await expect(inShop((tx) => keyStore.createSubjectKeys(tx, shopId, 'request', [uuidv7()]))).rejects.toThrow(
      'the shop was erased',
    );
    expect(await world.superuser('SELECT 1 AS one FROM keys.subject_keys WHERE shop_id = $1', [shopId])).toEqual([]);
  });

  it('cannot be installed while its rows are going', async () => {
    await uninstall();
    await redact();
    await work();
    await world.superuser(`UPDATE app.privacy_requests SET state = 'working', finished_at = NULL WHERE shop_id = $1`, [
      shopId,
    ]);
    await expect(install()).rejects.toMatchObject({ code: 'shop.being-erased' });
  });

  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
  /** The last of its webhooks, but for those by law, was then. */
  const isSilentSince = (at: Date) =>
    world.superuser('UPDATE app.shop_activity SET last_event_at = $2 WHERE shop_id = $1', [shopId, at]);

  it('is erased though nobody told us that it went', async () => {
    await isSilentSince(daysAgo(3));
    await redact();
    expect(await work()).toBe('erasing');
    expect(await statusOf()).toEqual({ status: 'redacted' });
  });

  it('and came back is left as it is, however late Shopify speaks of the time before', async () => {
    await isSilentSince(daysAgo(3));
    await tellAt('app/uninstalled', { myshopify_domain: shop }, daysAgo(2.1));
    // Nobody has opened the app, nor bought anything, since the minute in which it was installed again.
    await install(daysAgo(2.09));
    await redact();
    expect(await work()).toBe('superseded');
    expect(await statusOf()).toEqual({ status: 'installed' });
    expect(await keysLeft()).not.toEqual([]);
  });

  it('nor is one erased of which Shopify goes on telling us', async () => {
    await isSilentSince(daysAgo(0.5));
    await redact();
    expect(await work()).toBe('superseded');
    expect((await requests())[0]).toMatchObject({ state: 'superseded', closingGround: 'shop-came-back' });
    expect(await statusOf()).toEqual({ status: 'installed' });
  });

  it('is judged by when Shopify said so, not by when it reached us', async () => {
    await isSilentSince(daysAgo(5));
    await world.superuser(`UPDATE app.shops SET installed_at = $2 WHERE id = $1`, [shopId, daysAgo(4)]);
    // By its arrival it would speak of somebody who had gone two days after this installation began.
    await tellAt('shop/redact', { shop_domain: shop }, daysAgo(1.9));
    expect(await work()).toBe('superseded');
    expect(await statusOf()).toEqual({ status: 'installed' });
  });

  it('is erased by itself thirty days later, not sooner, and once', async () => {
    await uninstall();
    const opened = (days: number) =>
      inShop((tx) => openOverdueErasure(tx, shopId, new Date(Date.now() + days * 86_400_000)));
    expect(await opened(29)).toBeNull();
    expect(await opened(31)).not.toBeNull();
    expect(await opened(31)).toBeNull();
    expect((await requests())[0]).toMatchObject({ kind: 'shop-erasure', source: 'clock' });
    expect(await work()).toBe('erasing');
  });

  it('takes nothing with it that another shop has, whatever is asked for', async () => {
    await expect(inShop((tx) => tx.query(`SELECT app.redact_rows('app.carts', 10)`))).rejects.toThrow(/not a shop/);
    await expect(inShop((tx) => tx.query('SELECT app.redact_inbox(10)'))).rejects.toThrow(/not a shop/);
    await expect(inShop((tx) => tx.query('SELECT app.redact_agreements()'))).rejects.toThrow(/not a shop/);
    await uninstall();
    await redact();
    await work();
    await expect(inShop((tx) => tx.query(`SELECT app.redact_rows('app.shops', 10)`))).rejects.toThrow(/not a table/);
  });
});

describe('every table of a shop', () => {
  it('can be erased with it (if not: SELECT app.open_to_redaction in its migration)', async () => {
    const closed = await world.superuser(
      `SELECT name FROM unnest($1::text[]) AS t (name)
       WHERE NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = name::regclass AND p.polname = 'redaction')`,
      [TABLES_OF_A_SHOP],
    );
    expect(closed).toEqual([]);
    expect(TABLES_OF_A_SHOP).toContain('app.carts');
  });
});

describe('the mark that a shop is erased, which opens its access log to deletion', () => {
  const mark = () => inShop((tx) => tx.query(`UPDATE app.shops SET status = 'redacted' WHERE id = $1::uuid`, [shopId]));
  const RECORD = {
    at: new Date(),
    actor: 'staff:3f2a0000000000000000000000000001',
    purpose: 'cart-activity',
    page: 'cart',
    fields: ['app.cart_states.sealed.lines'],
    subjects: [],
    valueCount: 1,
    requestId: 'r',
  } as const;
  const REFUSED = 'a shop is marked as erased only when it is';
  /** Puts a request to erase the shop into a state, as the worker does on its way. */
  const workOnRequest = async (state: 'working' | 'superseded') => {
    await redact();
    await inShop((tx) =>
      tx.query(
        `UPDATE app.privacy_requests SET state = $2, finished_at = CASE $2 WHEN 'superseded' THEN now() END,
           closing_ground = CASE $2 WHEN 'superseded' THEN 'shop-came-back' END
         WHERE shop_id = $1::uuid AND kind = 'shop-erasure'`,
        [shopId, state],
      ),
    );
  };
  const destroyKeys = () =>
    inShop(async (tx) => {
      await tx.query('SET LOCAL ROLE ci_keys');
      await tx.query('DELETE FROM keys.shop_keys WHERE shop_id = $1::uuid', [shopId]);
    });

  it.each<readonly [string, () => Promise<unknown>]>([
    ['that has the app', () => destroyKeys()],
    ['that nobody asks to erase', () => uninstall().then(destroyKeys)],
    ['whose erasure has not begun', () => uninstall().then(redact).then(destroyKeys)],
    [
      'whose erasure was overtaken',
      () =>
        uninstall()
          .then(() => workOnRequest('superseded'))
          .then(destroyKeys),
    ],
    ['whose keys are still there', () => uninstall().then(() => workOnRequest('working'))],
  ])('is not put on a shop %s, and its log stays', async (_, prepare) => {
    await withShop(world.db, shopId, (tx) => writeAccessRecord(tx, shopId, RECORD));
    await prepare();
    await expect(mark()).rejects.toThrow(REFUSED);
    await expect(inShop((tx) => tx.query(`SELECT app.redact_rows('app.access_records', 10)`))).rejects.toThrow(
      /not a shop that is erased/,
    );
    expect(await world.superuser('SELECT seq FROM app.access_records WHERE shop_id = $1', [shopId])).toHaveLength(1);
  });

  it('is put on one that has gone, is being erased and has no key left: the control', async () => {
    await uninstall();
    await workOnRequest('working');
    await destroyKeys();
    await mark();
    expect(await statusOf()).toEqual({ status: 'redacted' });
    // Nor is it taken off by hand, as long as rows are going, or to any state but a new installation.
    for (const status of ['installed', 'uninstalled', 'known']) {
      await expect(
        inShop((tx) => tx.query('UPDATE app.shops SET status = $2 WHERE id = $1::uuid', [shopId, status])),
      ).rejects.toThrow(REFUSED);
    }
  });

  it('is not what a shop begins with, whoever writes it', async () => {
    await expect(
      world.superuser(
        `INSERT INTO app.shops (id, domain, status) VALUES (gen_random_uuid(), 'born-erased', 'redacted')`,
      ),
    ).rejects.toThrow(REFUSED);
  });
});
