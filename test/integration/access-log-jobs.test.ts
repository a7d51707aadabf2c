/** The jobs around the access log, run by the runner as in production. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import { readStatement, statementRoot } from '#app/access/log/statement.ts';
import { OPERATORS_CHAIN, writeOperatorRecord } from '#app/access/operator-record.ts';
import { writeAccessRecord } from '#app/access/record.ts';
import { signingPublicKeys } from '#app/data/signing-key.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { ensureShop, withShop } from '#app/data/with-shop.ts';
import { JOB_NAMES } from '#app/jobs/definitions.ts';
import { type JobQueue, openJobQueue } from '#app/jobs/queue.ts';
import { type JobHandlers, type JobRunner, startJobs } from '#app/jobs/runner.ts';
import { createAccessLogJobs } from '#app/worker/access-log-jobs.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

const NOW = new Date('2026-11-26T12:00:00Z');
const entry = {
  at: NOW,
  actor: 'operator:root',
  purpose: 'security',
  page: 'ops x',
  fields: [],
  subjects: [],
  valueCount: 0,
  requestId: 'r',
} as const;

let world: ShopWorld;
let queue: JobQueue;
let runner: JobRunner;
let shopId: string;
let checkpointDirectory: string;

beforeAll(async () => {
  world = await openShopWorld();
  shopId = await ensureShop(world.db, 'one.myshopify.com');
  checkpointDirectory = await mkdtemp(join(tmpdir(), 'checkpoints-'));
  const { db, keyring, log, database } = world;
  queue = await openJobQueue({ databaseUrl: database.url, log });
  const shops = () => Promise.resolve([shopId]);
  const jobs = createAccessLogJobs({
    ...{ db, keyring, queue, log, checkpointDirectory },
    now: () => NOW,
    activeShops: shops,
    allShops: shops,
  });
  const others = Object.fromEntries(JOB_NAMES.map((name) => [name, () => Promise.resolve()]));
  runner = await startJobs({
    databaseUrl: database.url,
    log,
    handlers: { ...(others as unknown as JobHandlers), ...jobs },
  });
});
afterAll(async () => {
  await runner.stop();
  await queue.close();
  await rm(checkpointDirectory, { recursive: true });
  await world.close();
});

const ask = (name: 'access-log.hourly' | 'access-log.nightly' | 'access-log.checkpoint') =>
  withShop(world.db, shopId, (tx) => queue.add(sqlTxOfPrisma(tx), name, {}));

it('look, verify and sign; the signed root is in the log and in a file, and holds for every chain', async () => {
  await withShop(world.db, shopId, (tx) => writeAccessRecord(tx, shopId, entry));
  await writeOperatorRecord(world.db, { ...entry, aboutShop: shopId });
  await ask('access-log.hourly');
  await ask('access-log.nightly');
  await vi.waitFor(async () => {
    expect(await world.superuser('SELECT rule FROM app.access_reviews')).toEqual([{ rule: 'operator' }]);
    expect(await world.superuser('SELECT shop_id FROM app.access_checks WHERE is_intact ORDER BY 1')).toEqual([
      { shop_id: OPERATORS_CHAIN },
      { shop_id: shopId },
    ]);
  }, 120_000);
  expect(world.logLines.join('')).toContain('"event":"access-log.unusual"');

  await ask('access-log.checkpoint');
  const files = await vi.waitFor(async () => {
    const found = (await readdir(checkpointDirectory)).filter((name) => !name.endsWith('.unfinished'));
    expect(found).toHaveLength(1);
    return found;
  }, 120_000);
  const note = await readFile(join(checkpointDirectory, files[0] ?? ''), 'utf8');
  await vi.waitFor(() => expect(world.logLines.join('')).toContain(statementRoot(note)), 120_000);
  const keys = await withShop(world.db, shopId, (tx) => signingPublicKeys(sqlTxOfPrisma(tx), world.keyring));
  const chains = readStatement(keys.values(), 'checkpoint', note);
  expect([...(chains?.keys() ?? [])].sort()).toEqual([OPERATORS_CHAIN, shopId].sort());
  expect(readStatement(keys.values(), 'retired', note)).toBeNull();
});
