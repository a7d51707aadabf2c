/** Runs of retention: said before done, bounded, taken up again, and stopped when something cannot be right. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createRateLimits } from '#app/access/rate-limits.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { withShop } from '#app/data/with-shop.ts';
import { PRESET_TERMS } from '#app/privacy/retention.ts';
import { BATCH_LIMITS } from '#app/privacy/retention/batch.ts';
import { runRetention } from '#app/privacy/retention/run.ts';
import { listSettings, saveSettings } from '#app/privacy/retention/settings.ts';
import { retainCommand, previewRetentionCommand } from '#app/ops/retention.ts';
import { loader } from '#app/routes/app.settings.retention.preview.ts';
import { Crash, crashingDatabase } from '#test/support/crashing-database.ts';
import { type IngestWorld, openIngestWorld } from '#test/support/ingest-world.ts';
import { line, seedCarts } from '#test/support/seed-carts.ts';
import { joinStaff } from '#test/support/staff.ts';

const DAY = 24 * 3_600_000;
const by = { actor: 'system:test' };

let world: IngestWorld;
let shopId: string;
let domain: string;
let count = 0;

beforeAll(async () => {
  world = await openIngestWorld();
});
beforeEach(async () => {
  count += 1;
  domain = `retention-${String(count)}.myshopify.com`;
  shopId = await world.addShop(domain);
  await world.superuser('UPDATE app.shops SET installed_at = now() WHERE id = $1', [shopId]);
});
afterAll(() => world.close());

const deps = () => ({ db: world.db, now: () => new Date(), log: world.log });
const ago = (days: number) => Date.now() - days * DAY;
const cart = (days: number, states = 1) => ({
  states: Array.from({ length: states }, (_, index) => ({
    atMs: ago(days) - (states - index) * 1000,
    lines: [line('Mug', 1, 1000)],
  })),
});
const inShop = <T>(work: (tx: ReturnType<typeof sqlTxOfPrisma>) => Promise<T>) =>
  withShop(world.db, shopId, (tx) => work(sqlTxOfPrisma(tx)));
const save = (terms: object, at: Date, from = 0) =>
  inShop((tx) => saveSettings(tx, shopId, { from, terms: { ...PRESET_TERMS, ...terms }, actor: 'staff:0', at }));
async function cartsLeft(): Promise<number> {
  return (await world.superuser('SELECT 1 FROM app.carts WHERE shop_id = $1', [shopId])).length;
}
const runsOf = () =>
  world.superuser<{
    state: string;
    reason: string | null;
    plan: object;
    progress: { batches: number; cursor: string };
  }>('SELECT state, reason, plan, progress FROM app.retention_runs WHERE shop_id = $1 ORDER BY started_at', [shopId]);

describe('a run', () => {
  it('says what will go before anything goes', async () => {
    await seedCarts(world, shopId, [cart(500), cart(400), cart(1)]);
    // The first transaction writes the run; the first batch dies.
    for (let nth = 1; (await runsOf()).length === 0; nth += 1) {
      const { db } = crashingDatabase(world.db, nth);
      await expect(runRetention({ ...deps(), db }, shopId, by)).rejects.toThrow(Crash);
    }
    expect(await cartsLeft()).toBe(3);
    expect(await runsOf()).toMatchObject([{ state: 'running', plan: { abandonedCarts: { due: 2 } } }]);
  });

  it('killed at every statement in turn, ends with the same and nothing half done', async () => {
    await seedCarts(world, shopId, [
      { ...cart(500, 5), personCode: 'AAAA', order: { atMs: ago(500), name: '#1' }, checkout: { atMs: ago(500) } },
      cart(450, 2),
      { ...cart(10), personCode: 'BBBB', order: { atMs: ago(10), name: '#2' } },
    ]);
    await world.superuser(`UPDATE app.people SET first_seen_at = now() - interval '600 days' WHERE shop_id = $1`, [
      shopId,
    ]);
    const limits = { look: 2, remove: 1, states: 2 };
    let deaths = 0;
    for (let nth = 4; ; nth += 1) {
      const { db, sent } = crashingDatabase(world.db, nth);
      const outcome = await runRetention({ ...deps(), db, limits }, shopId, by).catch((error: unknown) => {
        if (!(error instanceof Crash)) throw error;
        return null;
      });
      if (outcome !== null) {
        expect(outcome.removed).toMatchObject({
          abandonedCarts: 1,
          convertedCarts: 1,
          checkouts: 1,
          orders: 1,
          people: 1,
        });
        expect(sent()).toBeLessThan(nth);
        break;
      }
      deaths += 1;
    }
    expect(deaths).toBeGreaterThan(3);
    expect(await runsOf()).toMatchObject([{ state: 'done' }]);
    expect(await cartsLeft()).toBe(1);
    const left = await world.superuser<{ n: number }>(
      `SELECT (SELECT count(*)::int FROM keys.subject_keys WHERE shop_id = $1) AS n`,
      [shopId],
    );
    expect(left).toEqual([{ n: 3 }]);
  });

  it('never removes more in one transaction than it may, nor misses anything for that', async () => {
    await seedCarts(world, shopId, [cart(500, 23), ...Array.from({ length: 12 }, () => cart(420, 3))]);
    const limits = { look: 5, remove: 4, states: 7 };
    const before = await world.superuser<{ n: number }>(
      'SELECT count(*)::int AS n FROM app.cart_states WHERE shop_id = $1',
      [shopId],
    );
    expect(before).toEqual([{ n: 59 }]);
    // Each batch is seen through what it adds to the run's progress.
    const steps: number[] = [];
    let last = 0;
    const watching = {
      ...world.db,
      prisma: {
        $transaction: async (work: (tx: object) => Promise<unknown>, options: object) => {
          const result = await world.db.prisma.$transaction((tx) => work(tx), options);
          const [now] = await world.superuser<{ n: number }>(
            `SELECT count(*)::int AS n FROM app.cart_states WHERE shop_id = $1`,
            [shopId],
          );
          if (last > 0) steps.push(last - now!.n);
          last = now!.n;
          return result;
        },
      },
    } as unknown as typeof world.db;
    const { removed } = await runRetention({ ...deps(), db: watching, limits }, shopId, by);
    expect(removed).toMatchObject({ abandonedCarts: 13, cartStates: 59 });
    expect(Math.max(...steps)).toBeLessThanOrEqual(7);
  });

  it('is shared by two who begin at once', async () => {
    await seedCarts(world, shopId, [cart(500), cart(501), cart(502), cart(503)]);
    const limits = { look: 1, remove: 1, states: 1 };
    const [one, two] = await Promise.all([
      runRetention({ ...deps(), limits }, shopId, by),
      runRetention({ ...deps(), limits }, shopId, by),
    ]);
    expect(one.removed['abandonedCarts']).toBe(4);
    expect(await cartsLeft()).toBe(0);
    expect((await runsOf()).every(({ state }) => state === 'done')).toBe(true);
    expect([one.runId === two.runId || two.removed['abandonedCarts'] === undefined]).toEqual([true]);
  });

  it('ends when the merchant changes the settings, whose new terms the next one goes by', async () => {
    await seedCarts(world, shopId, [cart(500), cart(420), cart(410)]);
    const { db } = crashingDatabase(world.db, 22);
    await expect(
      runRetention({ ...deps(), db, limits: { look: 1, remove: 1, states: 1 } }, shopId, by),
    ).rejects.toThrow();
    expect(await save({ abandonedCarts: 12 }, new Date())).toBe('saved');
    const outcome = await runRetention(deps(), shopId, by);
    expect(outcome.state).toBe('done');
    expect((await runsOf()).map(({ state, reason }) => [state, reason])).toEqual([
      ['stopped', 'superseded'],
      ['done', null],
    ]);
  });
});

describe('a clock that cannot be right', () => {
  it('removes nothing when it differs from the database’s', async () => {
    await seedCarts(world, shopId, [cart(1)]);
    const now = () => new Date(Date.now() + 400 * DAY);
    expect(await runRetention({ ...deps(), now }, shopId, by)).toMatchObject({
      state: 'stopped',
      reason: 'clock-differs',
    });
    expect(await cartsLeft()).toBe(1);
    expect(world.logLines.some((text) => text.includes('retention.stopped'))).toBe(true);
  });

  it('removes nothing when both have jumped, until somebody has looked', async () => {
    await seedCarts(world, shopId, [cart(2)]);
    await runRetention(deps(), shopId, by);
    const now = () => new Date(Date.now() + 400 * DAY);
    const jumped = { ...deps(), now, databaseNow: async () => now() };
    expect(await runRetention(jumped, shopId, by)).toMatchObject({ state: 'stopped', reason: 'clock-jumped' });
    expect(await runRetention(jumped, shopId, by)).toMatchObject({ state: 'stopped', reason: 'clock-jumped' });
    expect(await cartsLeft()).toBe(1);
    expect(await runRetention(jumped, shopId, { ...by, isClockRight: true })).toMatchObject({ state: 'done' });
    expect(await cartsLeft()).toBe(0);
  });

  it('is right again when Shopify’s changes of carts say so', async () => {
    await seedCarts(world, shopId, [cart(0)]);
    await world.superuser(
      `UPDATE app.shops SET installed_at = now() - interval '90 days', created_at = now() - interval '90 days' WHERE id = $1`,
      [shopId],
    );
    expect(await runRetention(deps(), shopId, by)).toMatchObject({ state: 'done' });
  });
});

describe('what proves something', () => {
  it('goes after its time, and the database refuses earlier', async () => {
    await world.superuser(
      `INSERT INTO app.agreement_acceptances (shop_id, id, epoch, version, sha256, accepted_at, signer_role, ended_at, sealed)
       SELECT $1, gen_random_uuid(), n, 'v', '\\x00', now() - interval '5 years', 'owner', now() - (n || ' months')::interval, '\\x00'
       FROM unnest(ARRAY[37, 35]) n`,
      [shopId],
    );
    expect((await runRetention(deps(), shopId, by)).removed).toMatchObject({ agreements: 1 });
    await inShop((tx) => tx.query('DELETE FROM app.agreement_acceptances WHERE shop_id = $1::uuid', [shopId]));
    await inShop((tx) => tx.query('DELETE FROM app.retention_runs WHERE shop_id = $1::uuid', [shopId]));
    await inShop((tx) => tx.query('DELETE FROM app.shops WHERE id = $1::uuid', [shopId]));
    expect(await world.superuser('SELECT 1 FROM app.agreement_acceptances WHERE shop_id = $1', [shopId])).toHaveLength(
      1,
    );
    expect(await runsOf()).toHaveLength(1);
    await expect(
      inShop((tx) => tx.query(`UPDATE app.retention_runs SET plan = '{}' WHERE shop_id = $1::uuid`, [shopId])),
    ).rejects.toThrow('permission denied');
    await expect(
      inShop((tx) => tx.query('UPDATE app.retention_settings SET version = 2 WHERE shop_id = $1::uuid', [shopId])),
    ).rejects.toThrow('permission denied');
  });

  it('goes with its history, receipt and key: a request that was completed long ago', async () => {
    await world.superuser(
      `WITH request AS (
         INSERT INTO app.privacy_requests (shop_id, id, kind, source, regime, epoch, received_at, due_at, state, finished_at, held)
         SELECT $1, gen_random_uuid(), 'erasure', 'shopify', 'gdpr', 1, now() - interval '4 years', now() - interval '4 years',
           'done', now() - (n || ' months')::interval, false FROM unnest(ARRAY[37, 30]) n RETURNING id, finished_at),
       step AS (
         INSERT INTO app.privacy_request_steps (shop_id, request_id, id, at, step, actor)
         SELECT $1, id, gen_random_uuid(), finished_at, 'done', 'system:test' FROM request),
       key AS (
         INSERT INTO keys.subject_keys (shop_id, scope, subject_id, version, shop_key_version, wrapped, pseudonym)
         SELECT $1, 'request', id, 1, 1, '\\x00', '\\x00' FROM request)
       INSERT INTO app.erasure_receipts (shop_id, request_id, issued_at, statement, key_id, signature)
       SELECT $1, id, finished_at, '{}', 'k', '\\x00' FROM request`,
      [shopId],
    );
    expect((await runRetention(deps(), shopId, by)).removed).toEqual({ requests: 1 });
    const left = await world.superuser(
      `SELECT (SELECT count(*)::int FROM app.privacy_requests WHERE shop_id = $1) AS requests,
         (SELECT count(*)::int FROM app.privacy_request_steps WHERE shop_id = $1) AS steps,
         (SELECT count(*)::int FROM app.erasure_receipts WHERE shop_id = $1) AS receipts,
         (SELECT count(*)::int FROM keys.subject_keys WHERE shop_id = $1) AS keys`,
      [shopId],
    );
    expect(left).toEqual([{ requests: 1, steps: 1, receipts: 1, keys: 1 }]);
  });

  it('takes with it what was there for it: catalogue of a shop that left, keys without a row', async () => {
    await world.superuser(
      `INSERT INTO app.catalogue_variants (shop_id, variant_id, fetched_at) SELECT $1, n, now() FROM generate_series(1, 3) n`,
      [shopId],
    );
    await world.superuser(
      `INSERT INTO keys.subject_keys (shop_id, scope, subject_id, version, shop_key_version, wrapped, pseudonym)
       VALUES ($1, 'order', gen_random_uuid(), 1, 1, '\\x00', '\\x00')`,
      [shopId],
    );
    expect((await runRetention(deps(), shopId, by)).removed).toEqual({ strayKeys: 1 });
    await world.superuser(`UPDATE app.shops SET status = 'uninstalled', uninstalled_at = now() WHERE id = $1`, [
      shopId,
    ]);
    expect((await runRetention({ ...deps(), limits: { ...BATCH_LIMITS, remove: 2 } }, shopId, by)).removed).toEqual({
      catalogue: 3,
    });
  });
});

describe('settings', () => {
  it('are versions; a form that is behind saves nothing', async () => {
    expect(await save({ orders: 6, convertedCarts: 6 }, new Date(ago(3)))).toBe('saved');
    expect(await save({ orders: 3, convertedCarts: 3 }, new Date())).toBe('stale');
    expect(await save({ orders: 3, convertedCarts: 3 }, new Date(), 1)).toBe('saved');
    const versions = await inShop((tx) => listSettings(tx, shopId));
    expect(versions.map(({ version, terms }) => [version, terms.orders])).toEqual([
      [2, 3],
      [1, 6],
      [0, 13],
    ]);
  });
});

describe('operators', () => {
  const context = () => ({
    db: world.db,
    keyring: world.keyring,
    keyStore: world.keyStore,
    pool: () => {
      throw new Error('no pool');
    },
    deployPool: () => {
      throw new Error('no pool');
    },
    scanPaths: [],
    backupDays: null,
    now: () => new Date(),
    operator: 'tester',
    readInput: () => Promise.resolve(''),
    progress: () => undefined,
  });

  it('see what would go and make it go, on record', async () => {
    await seedCarts(world, shopId, [cart(500), cart(3)]);
    const preview = await previewRetentionCommand.run(context(), [domain], {});
    expect(preview.data).toMatchObject({ rules: { abandonedCarts: { now: 1, later: expect.any(Array) as unknown } } });
    expect(await cartsLeft()).toBe(2);
    const run = await retainCommand.run(context(), [domain], {});
    expect(run.data).toMatchObject({ state: 'done', removed: { abandonedCarts: 1 } });
    expect(run.exitCode ?? 0).toBe(0);
    const records = await world.superuser<{ page: string; outcome: string }>(
      'SELECT page, outcome FROM app.access_records WHERE shop_id = $1 ORDER BY seq',
      [shopId],
    );
    expect(records).toEqual([
      { page: 'ops retention:preview', outcome: 'started' },
      { page: 'ops retention:preview', outcome: 'done' },
      { page: 'ops retention:run', outcome: 'started' },
      { page: 'ops retention:run', outcome: 'done' },
    ]);
  });

  it('are told when a clock stands in the way, by the exit code too', async () => {
    const run = await retainCommand.run({ ...context(), now: () => new Date(Date.now() + 400 * DAY) }, [domain], {});
    expect(run.data).toMatchObject({ state: 'stopped', reason: 'clock-differs' });
    expect(run.exitCode).toBe(1);
  });
});

describe('the picture of what would go', () => {
  it('goes through everything, so it is for those who may change it', async () => {
    for (const role of ['owner', 'support', 'analyst', 'auditor'] as const) await joinStaff(world, shopId, role, role);
    const look = async (staffId: string) => {
      const authenticate = async () => ({ session: { shop: domain }, sessionToken: { sub: staffId } });
      const context = {
        ...{ db: world.db, keyStore: world.keyStore, log: world.log, clock: () => new Date() },
        limits: createRateLimits(),
        shopify: { authenticate: { admin: authenticate } },
      };
      const query = new URLSearchParams(Object.entries(PRESET_TERMS).map(([name, value]) => [name, String(value)]));
      const request = new Request(`https://app.example/app/settings/retention/preview?${query.toString()}`);
      const args = { request, context, params: {} } as unknown as Parameters<typeof loader>[0];
      return loader(args).catch((thrown: unknown) => (thrown instanceof Response ? thrown.status : thrown));
    };
    expect(await look('owner')).toMatchObject({ failed: false, preview: { rules: {} } });
    for (const role of ['support', 'analyst', 'auditor']) expect([role, await look(role)]).toEqual([role, 403]);
  });
});
