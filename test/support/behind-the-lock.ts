import { setTimeout as sleep } from 'node:timers/promises';

import { takeShopLock } from '#app/data/shop-lock.ts';
import { withShopSql } from '#app/data/with-shop.ts';
import type { IngestWorld } from '#test/support/ingest-world.ts';

/**
 * Starts jobs while the shop's lock is held by somebody else, waits until all of them stand behind it, lets `meanwhile`
 * happen, and lets go.
 */
export async function behindTheLock<T>(
  world: IngestWorld,
  shopId: string,
  jobs: readonly (() => Promise<T>)[],
  meanwhile: () => Promise<unknown> = () => Promise.resolve(),
): Promise<T[]> {
  let running: Promise<T[]> = Promise.resolve([]);
  await withShopSql(world.pool, shopId, async (tx) => {
    await takeShopLock(tx, shopId);
    running = Promise.all(jobs.map((job) => job()));
    // Whoever fails before it waits is told of below; here it must not be waited for.
    const failed = running.then(
      () => true,
      () => true,
    );
    const isOver = () => Promise.race([failed, sleep(20, false)]);
    while ((await waiting(world)) < jobs.length && !(await isOver())) continue;
    await meanwhile();
  });
  return running;
}

async function waiting(world: IngestWorld): Promise<number> {
  const [row] = await world.superuser<{ count: number }>(
    `SELECT count(*)::int FROM pg_locks l JOIN pg_database d ON d.oid = l.database
     WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted`,
  );
  return row?.count ?? 0;
}
