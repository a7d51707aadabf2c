import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { runLoad } from '#test/bench/load/generator.ts';
import type { LoadPlan } from '#test/bench/load/plan.ts';
import { GateError } from '#test/bench/row.ts';
import { OUTPUT_DIRECTORY } from '#test/bench/world/programs.ts';
import { type BenchWorld, startServer } from '#test/bench/world/world.ts';

const SHOPS = 8;
/** Half of all carts are one large shop's. */
const HOT_SHARE = 0.5;
const STEPS = 3;
const BOUGHT_SHARE = 0.3;
const BATCH_CARTS = 10_000;
/** The worker is never left further behind than this, so that the progress shown is real. */
const MOST_PENDING = 60_000;

/**
 * Makes a believable data set through the real write path: signed webhooks to the edge, sealed, opened, linked and applied
 * by the worker. Every cart has three states, three of ten are paid for by a shopper of their own. The data stay in
 * `.bench/seed`; the server runs until Ctrl-C so that pages and jobs can be measured on it.
 */
export async function seed(carts: number, say: (line: string) => void): Promise<void> {
  const directory = join(OUTPUT_DIRECTORY, 'seed');
  if (existsSync(directory)) await rm(directory, { recursive: true });
  const bench = await startServer({ directory });
  try {
    const world = await bench.openWorld(SHOPS);
    const edge = await world.startEdge();
    const worker = await world.startWorker();
    const startedAt = performance.now();
    for (let done = 0; done < carts; done += BATCH_CARTS) {
      const now = Math.min(BATCH_CARTS, carts - done);
      const plan: LoadPlan = {
        name: `s${(done / BATCH_CARTS).toString(36)}`,
        shopCount: SHOPS,
        updatesPerCart: STEPS,
        baseMs: Date.now(),
        hotShare: HOT_SHARE,
        boughtShare: BOUGHT_SHARE,
        firstShopper: done,
      };
      const result = await runLoad({
        plan,
        port: edge.port,
        connections: 64,
        count: now * STEPS,
        durationMs: 3_600_000,
      });
      if (result.statuses.some((status) => status !== 200)) throw new GateError('A webhook was not taken');
      while ((await pendingOf(world)) > MOST_PENDING) await sleep(500);
      const perSecond = ((done + now) * 1000) / (performance.now() - startedAt);
      say(
        `${String(done + now)} of ${String(carts)} carts sent, ${perSecond.toFixed(0)} a second, ${String(await pendingOf(world))} webhooks waiting`,
      );
    }
    say('Waiting for the worker ...');
    await world.untilApplied(3_600_000);
    await edge.stop();
    await worker.stop();
    await world.query('VACUUM (ANALYZE)');
    const [count] = await world.query<{ carts: number; people: number; orders: number; bytes: string }>(
      `SELECT (SELECT count(*)::int FROM app.carts) AS carts, (SELECT count(*)::int FROM app.people) AS people,
         (SELECT count(*)::int FROM app.orders) AS orders, pg_size_pretty(pg_database_size(current_database())) AS bytes`,
    );
    if (count?.carts !== carts) throw new GateError(`There are ${String(count?.carts)} carts`);
    const seconds = (performance.now() - startedAt) / 1000;
    say(
      `${String(carts)} carts, ${String(count.people)} people, ${String(count.orders)} orders, ${count.bytes} in ${seconds.toFixed(0)} s`,
    );
    say(`DATABASE_URL=${world.database.url}`);
    say(`CART_INSIGHTS_KEKS=${world.keks}`);
    say('The server runs until Ctrl-C; the data stay in .bench/seed until the next seed.');
    await new Promise((resolve) => process.once('SIGINT', resolve));
  } finally {
    await bench.close();
  }
}

async function pendingOf(world: BenchWorld): Promise<number> {
  const [row] = await world.query<{ rows: number }>('SELECT count(*)::int AS rows FROM inbox.events WHERE pending');
  return row?.rows ?? 0;
}
