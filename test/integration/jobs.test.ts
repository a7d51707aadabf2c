import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { type SqlTx, sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { ensureShop, withShop } from '#app/data/with-shop.ts';
import { JOB_NAMES, JOBS } from '#app/jobs/definitions.ts';
import { type JobQueue, openJobQueue } from '#app/jobs/queue.ts';
import { type JobHandlers, type JobRunner, startJobs } from '#app/jobs/runner.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

let world: ShopWorld;
let queue: JobQueue;
let shopId: string;
const runners: JobRunner[] = [];

beforeAll(async () => {
  world = await openShopWorld();
  shopId = await ensureShop(world.db, 'jobs.myshopify.com');
  queue = await openJobQueue({ databaseUrl: world.database.url, log: world.log });
});
afterEach(async () => {
  for (const runner of runners.splice(0)) await runner.stop();
  await world.superuser('TRUNCATE pgboss.job CASCADE');
});
afterAll(async () => {
  await queue.close();
  await world.close();
});

/** Runs the jobs with handlers that note what they are given. */
async function run(more: Partial<JobHandlers> = {}): Promise<[string, unknown][]> {
  const done: [string, unknown][] = [];
  const note = (name: string) => async (data: unknown) => {
    done.push([name, data]);
  };
  const noting = Object.fromEntries(JOB_NAMES.map((name) => [name, note(name)])) as unknown as JobHandlers;
  runners.push(await startJobs({ databaseUrl: world.database.url, handlers: { ...noting, ...more }, log: world.log }));
  return done;
}

const inShop = <T>(work: (tx: SqlTx) => Promise<T>) => withShop(world.db, shopId, (tx) => work(sqlTxOfPrisma(tx)));

describe('jobs', () => {
  it('exist with the transaction that added them, and not without', async () => {
    await expect(
      inShop(async (tx) => {
        await queue.add(tx, 'shop.details', { shopId });
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    await inShop((tx) => queue.add(tx, 'catalogue.fetch', { shopId, variantIds: ['1', '2'] }));
    const done = await run();
    await vi.waitFor(() => expect(done).toEqual([['catalogue.fetch', { shopId, variantIds: ['1', '2'] }]]), 120_000);
  });

  it('wait once for each shop, however often they are asked for', async () => {
    for (let times = 0; times < 3; times += 1) await inShop((tx) => queue.add(tx, 'shop.details', { shopId }));
    expect(await world.superuser("SELECT 1 FROM pgboss.job WHERE name = 'shop.details'")).toHaveLength(1);
  });

  it('hold ids only: anything else is refused', async () => {
    const adding = inShop((tx) => queue.add(tx, 'shop.details', { shopId: 'someone@example.com' }));
    await expect(adding).rejects.toThrow();
  });

  it('that fail leave a code in the database and in the log, and nothing of what they were about', async () => {
    await inShop((tx) => queue.add(tx, 'shop.details', { shopId }));
    await run({
      'shop.details': () => Promise.reject(Object.assign(new Error('canary@example.com'), { code: 'shopify.refused' })),
    });
    const failed = async () =>
      world.superuser<{ output: unknown; state: string }>(
        "SELECT state::text, output FROM pgboss.job WHERE name = 'shop.details'",
      );
    await vi.waitFor(async () => expect(await failed()).toMatchObject([{ state: 'retry' }]), 120_000);
    const [job] = await failed();
    expect(JSON.stringify(job?.output)).toContain('shopify.refused');
    const everything = await world.superuser<{ row: string }>('SELECT j::text AS row FROM pgboss.job j');
    expect(JSON.stringify([everything, world.logLines])).not.toMatch(/canary|runner\.ts/);
  });

  it('that run by the clock have a schedule, and only those', async () => {
    await world.superuser(
      "INSERT INTO pgboss.schedule (name, key, cron, timezone) VALUES ('shop.details', '', '* * * * *', 'UTC')",
    );
    await run();
    const schedules = await world.superuser('SELECT name, cron FROM pgboss.schedule ORDER BY name');
    const wanted = JOB_NAMES.filter((name) => JOBS[name].cron !== null).sort();
    expect(schedules).toEqual(wanted.map((name) => ({ name, cron: JOBS[name].cron })));
  });
});
