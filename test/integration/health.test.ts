/** What edge and worker say of themselves when the database answers and yet does not do what they need. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { clockDifference, MAX_DIFFERENCE_MS } from '#app/data/clock-difference.ts';
import { poolConfig } from '#app/data/connection.ts';
import { createEdgeProgram, type EdgeProgram } from '#app/ingest/edge/program.ts';
import { startWorkerProgram, type WorkerProgram } from '#app/worker/program.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

const SECRET = 'health-secret';

let world: ShopWorld;
let edge: EdgeProgram;
let worker: WorkerProgram;

beforeAll(async () => {
  world = await openShopWorld();
  const options = { databaseUrl: world.database.url, keyring: world.keyring, log: world.log };
  edge = await createEdgeProgram({ ...options, apiSecret: SECRET });
  const shopify = { apiKey: 'health-key', apiSecret: SECRET, appUrl: 'https://app.example' };
  worker = await startWorkerProgram({ ...options, shopify });
});
afterAll(async () => {
  await edge.close();
  await worker.stop();
  await world.close();
});

/** New connections only read, and there are only new ones: as after a failover to a standby. */
async function makeReadOnly(isReadOnly: boolean): Promise<void> {
  const { name } = world.database;
  await world.superuser(
    `BEGIN READ WRITE; ALTER DATABASE ${name} SET default_transaction_read_only = ${isReadOnly ? 'on' : 'off'}; COMMIT`,
  );
  await world.superuser(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name LIKE 'cart-insights%'`,
    [name],
  );
}

describe('health', () => {
  it('of the edge is bad while the database can only be read, of the worker it is not: it finds its work', async () => {
    expect(await edge.isHealthy()).toBe(true);
    expect(worker.isHealthy()).toBe(true);
    await makeReadOnly(true);
    await expect.poll(() => edge.isHealthy(), { timeout: 60_000 }).toBe(false);
    await makeReadOnly(false);
    await expect.poll(() => edge.isHealthy(), { timeout: 60_000 }).toBe(true);
    await expect.poll(() => worker.isHealthy(), { timeout: 60_000 }).toBe(true);
  });

  it('of the worker names the build that runs, once', () => {
    const started = world.logLines.filter((line) => line.includes('worker.started'));
    expect(started.map((line) => (JSON.parse(line) as { version: unknown }).version)).toEqual(['source']);
  });
});

describe('clocks', () => {
  it('may be minutes apart, and no more', async () => {
    const pool = new pg.Pool(poolConfig(world.database.url, 'ci_app', { applicationName: 'test', max: 1 }));
    const inMs = (ms: number) => clockDifference(pool, new Date(Date.now() + ms));
    expect(await inMs(0)).toBe(0);
    expect(await inMs(-MAX_DIFFERENCE_MS / 2)).toBe(0);
    expect(await inMs(2 * MAX_DIFFERENCE_MS)).toBeGreaterThan(MAX_DIFFERENCE_MS);
    expect(await inMs(-2 * MAX_DIFFERENCE_MS)).toBeLessThan(-MAX_DIFFERENCE_MS);
    await pool.end();
  });
});
