import { randomBytes, randomInt } from 'node:crypto';
import { dirname } from 'node:path';

import { Session } from '@shopify/shopify-api';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { listCarts } from '#app/carts/list.ts';
import { readCart } from '#app/carts/read-cart.ts';
import { withShop } from '#app/data/with-shop.ts';
import { sqlTxOfPg } from '#app/data/sql-tx.ts';
import { nameDelegate } from '#app/privacy/agreements/delegates.ts';
import { scanColumns } from '#app/privacy/scan/columns.ts';
import { scanFiles } from '#app/privacy/scan/files.ts';
import { needlesOf } from '#app/privacy/scan/needles.ts';
import { NeedleSearch, type Sighting } from '#app/privacy/scan/search.ts';
import { SealedSessionStorage } from '#app/shopify/session-storage.ts';
import { onboardShop, type Pipeline, startPipeline } from '#test/support/pipeline.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';
import { story } from '#test/support/story.ts';

/** Nobody else in the run has these: every text of the story carries the mark, every number begins with the number. */
const mark = `zq${randomBytes(6).toString('hex')}`;
const number = `9${String(randomInt(10 ** 11, 10 ** 12 - 1))}`;
const canaries = [mark, number];
const NUMBER = canaries.indexOf(number);
const domain = 'canary.myshopify.com';

const owner = {
  staffId: `${number}99`,
  name: `Owner ${mark}`,
  verifiedEmail: `owner@${mark}.example`,
  isAccountOwner: true,
};

let world: ShopWorld;
let pipeline: Pipeline;

/** Where the server keeps its data; its log and everything else lie beside it. */
async function serverDirectory(): Promise<string> {
  await world.superuser('CHECKPOINT');
  const [row] = await world.superuser<{ path: string }>(`SELECT current_setting('data_directory') AS path`);
  if (row === undefined) throw new Error('The server does not say where its data is');
  return dirname(row.path);
}

describe('law 1: nothing personal stands anywhere in clear', () => {
  let shopId: string;

  beforeAll(async () => {
    world = await openShopWorld();
    pipeline = await startPipeline(world);
    shopId = await onboardShop(world, domain, owner, `privacy@${mark}.example`);
    await withShop(world.db, shopId, (tx) =>
      nameDelegate(tx, world.keyStore, shopId, { signer: owner, email: `delegate@${mark}.example`, at: new Date() }),
    );
    await storeSessions();
    for (const [topic, body] of story({ domain, mark, number })) {
      expect([topic, await pipeline.send(domain, topic, body)]).toEqual([topic, 200]);
    }
    // Refused ones leave nothing behind either.
    expect(await pipeline.send(domain, 'carts/update', { token: 17, note: mark, line_items: mark })).toBe(400);
    expect(await pipeline.send('other.myshopify.com', 'customers/redact', { shop_domain: domain, note: mark })).toBe(
      400,
    );
    await pipeline.settled();
  });
  afterAll(async () => {
    await pipeline.close();
    await world.close();
  });

  it('though it is all there, for those who may', async () => {
    const failed = await world.superuser('SELECT topic, failure_code FROM inbox.events WHERE failure_code IS NOT NULL');
    expect(failed).toEqual([]);
    const [cart] = await world.superuser<{ id: string }>('SELECT id FROM app.carts WHERE shop_id = $1', [shopId]);
    const services = { db: world.db, keyStore: world.keyStore, clock: () => new Date() };
    const view = await readCart(services, shopId, { staffId: owner.staffId, requestId: 'r' }, cart?.id ?? '');
    expect(JSON.stringify(view)).toContain(`Mug ${mark}`);
    const counts = await world.superuser(
      `SELECT (SELECT count(*)::int FROM app.people) AS people, (SELECT count(*)::int FROM app.cart_states) AS states,
         (SELECT count(*)::int FROM app.checkouts) AS checkouts, (SELECT count(*)::int FROM app.orders) AS orders,
         (SELECT count(*)::int FROM app.privacy_requests) AS requests, (SELECT count(*)::int FROM app.sessions) AS sessions`,
    );
    expect(counts).toEqual([{ people: 1, states: 2, checkouts: 1, orders: 1, requests: 1, sessions: 2 }]);
  });

  it('in no answer that nobody gave a purpose for: the list, and what a cart’s page need not know', async () => {
    const query = { view: 'all', code: null, after: null } as const;
    const list = await listCarts(world.db, shopId, query, { idleAfterMinutes: 60, nowMs: Date.now() });
    expect(list.rows).toHaveLength(1);
    expect(searchText(JSON.stringify(list), canaries)).toEqual([]);
    const services = { db: world.db, keyStore: world.keyStore, clock: () => new Date() };
    const view = await readCart(services, shopId, { staffId: owner.staffId, requestId: 'r' }, list.rows[0]?.id ?? '');
    const hidden = [
      `First${mark}`,
      `Last${mark}`,
      `shopper.${mark}`,
      `cart-${mark}`,
      `checkout-${mark}`,
      `${number}01`,
    ];
    expect(searchText(JSON.stringify(view), hidden)).toEqual([]);
  });

  it('in no column of any table', async () => {
    const { sightings, unread, columns } = await scanDatabase(canaries);
    expect(unread).toEqual([]);
    expect(columns).toBeGreaterThan(150);
    // What the shop sells is the shop's own, and the worker asks Shopify for it by these numbers.
    const catalogue = /^column (app\.catalogue_variants\.variant_id|pgboss\.job\.data)$/;
    expect(sightings.filter(({ where, value }) => !(value === NUMBER && catalogue.test(where)))).toEqual([]);
    expect(await onlyVariantsOf('pgboss.job', 'data')).toEqual([]);
  });

  it('in no log line', () => {
    expect(world.logLines.length).toBeGreaterThan(0);
    expect(searchText(world.logLines.join(''), canaries)).toEqual([]);
  });

  it('in no file of the database server: heap, indexes, WAL, log', async () => {
    // The variant's number is in the catalogue and in the job that asks for it; the mark is in every other value.
    const { sightings, files } = await scanServerFiles([mark, `${number}01`, `${number}21`, `${number}55`]);
    expect(files).toBeGreaterThan(500);
    expect(sightings).toEqual([]);
  });

  describe('control: what stands there is found', () => {
    const planted = `Zoë "${mark}" Ünal/7`;

    it('in a column, in each of its forms', async () => {
      const needles = needlesOf([planted]);
      const sightings = await withSuperuser(async (client) => {
        await client.query('BEGIN');
        for (const [index, { bytes }] of needles.entries()) {
          await client.query(`CREATE TABLE public.leak_${String(index)} (note bytea)`);
          const around = Buffer.concat([Buffer.from('<'), bytes, Buffer.from('>')]);
          await client.query(`INSERT INTO public.leak_${String(index)} VALUES ($1)`, [around]);
        }
        const found = await scanColumns(sqlTxOfPg(client), new NeedleSearch(needles));
        await client.query('ROLLBACK');
        return found.sightings;
      });
      for (const [index, { form }] of needles.entries()) {
        const where = `column public.leak_${String(index)}.note`;
        const forms = sightings.filter((sighting) => sighting.where === where).map((sighting) => sighting.form);
        expect(forms).toContain(form);
      }
    });

    it('in the data files and in the WAL, even after it was deleted', async () => {
      const leaked = `zq${randomBytes(8).toString('hex')}`;
      await world.superuser('CREATE TABLE public.leak (note text)');
      await world.superuser('INSERT INTO public.leak VALUES ($1)', [leaked]);
      await world.superuser('DELETE FROM public.leak');
      const files = (await scanServerFiles([leaked])).sightings.map(({ where }) => where);
      await world.superuser('DROP TABLE public.leak');
      expect(files.some((file) => file.includes('base/'))).toBe(true);
      expect(files.some((file) => file.includes('pg_wal/'))).toBe(true);
    });

    it('in a log line', () => {
      world.log.error('control.leak', { reason: mark });
      expect(searchText(world.logLines.join(''), canaries)).toHaveLength(1);
    });
  });

  async function storeSessions(): Promise<void> {
    const storage = new SealedSessionStorage({ db: world.db, keyStore: world.keyStore, log: world.log });
    const tokens = { accessToken: `shpat_${mark}`, refreshToken: `shprt_${mark}`, scope: 'read_orders', state: '' };
    await storage.storeSession(new Session({ id: `offline_${domain}`, shop: domain, isOnline: false, ...tokens }));
    const user = {
      id: 4711,
      first_name: `Staff${mark}`,
      last_name: mark,
      email: `staff@${mark}.example`,
      email_verified: true,
      account_owner: false,
      locale: 'en',
      collaborator: false,
    };
    const onlineAccessInfo = { expires_in: 60, associated_user_scope: '', associated_user: user };
    await storage.storeSession(
      new Session({ id: `${domain}_4711`, shop: domain, isOnline: true, onlineAccessInfo, ...tokens }),
    );
  }

  /** Texts of a column that hold the number otherwise than as a variant's. */
  async function onlyVariantsOf(table: string, column: string): Promise<string[]> {
    const rows = await world.superuser<{ text: string }>(`SELECT ${column}::text AS text FROM ${table}`);
    return rows.map(({ text }) => text.replaceAll(`${number}12`, '')).filter((text) => text.includes(number));
  }
});

function searchText(text: string, values: readonly string[]): Sighting[] {
  return new NeedleSearch(needlesOf(values)).sightings(Buffer.from(text), 'text');
}

function scanDatabase(values: readonly string[]) {
  return withSuperuser(async (client) => {
    await client.query('BEGIN READ ONLY');
    const scan = await scanColumns(sqlTxOfPg(client), new NeedleSearch(needlesOf(values)));
    await client.query('COMMIT');
    return scan;
  });
}

async function scanServerFiles(values: readonly string[]) {
  return scanFiles(await serverDirectory(), new NeedleSearch(needlesOf(values)));
}

async function withSuperuser<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: world.database.superuserUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
