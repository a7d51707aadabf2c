import { setTimeout as sleep } from 'node:timers/promises';

import { runLoad } from '#test/bench/load/generator.ts';
import type { LoadPlan } from '#test/bench/load/plan.ts';
import { JobQueuePeer } from '#test/bench/peers/job-queue.ts';
import { GateError, type Row } from '#test/bench/row.ts';
import { requireCarts } from '#test/bench/world/oracle.ts';
import { addPeerTables, resetPeerTables } from '#test/bench/world/peer-tables.ts';
import type { BenchWorld } from '#test/bench/world/world.ts';

const SHOPS = 20;
const UPDATES = 2;
export const drain: Row = {
  name: 'drain',
  title: 'Backlog drain: opening and applying what waits',
  run: async ({ bench, rounds, isQuick, say }) => {
    const world = await bench.openWorld(SHOPS);
    const peer = new JobQueuePeer(await addPeerTables(world));
    const edge = await world.startEdge();
    try {
      await peer.start();
      const ours: number[] = [];
      const theirs: number[] = [];
      const count = isQuick ? 6_000 : 20_000;
      for (let round = 1; round <= rounds; round += 1) {
        const plan: LoadPlan = {
          name: `dr${String(round)}`,
          shopCount: SHOPS,
          updatesPerCart: UPDATES,
          baseMs: Date.now(),
        };
        ours.push(await drainOurs(world, edge.port, plan, count));
        theirs.push(await drainPeer(world, peer, plan, Math.min(count, 10_000)));
        say(
          `drain round ${String(round)}: ${(ours.at(-1) ?? 0).toFixed(0)}/s, pg-boss ${(theirs.at(-1) ?? 0).toFixed(0)}/s`,
        );
      }
      return [
        {
          metric: 'webhooks opened and applied',
          unit: 'webhooks/s',
          ours,
          peerName: 'pg-boss, a job for each webhook',
          peer: theirs,
          target: { on: 'ratio', atLeast: 5 },
        },
      ];
    } finally {
      await edge.stop();
      await peer.close();
      await world.close();
    }
  },
};

async function drainOurs(world: BenchWorld, port: number, plan: LoadPlan, count: number): Promise<number> {
  await world.reset();
  const result = await runLoad({ plan, port, connections: 64, count, durationMs: 120_000 });
  if (result.statuses.some((status) => status !== 200)) throw new GateError('The backlog could not be made');
  await world.query('ANALYZE inbox.events');
  await world.query('CHECKPOINT');
  const worker = await world.startWorker();
  try {
    const rate = await drainRate(world, count);
    await requireCarts(
      world,
      plan,
      Array.from({ length: count }, (_, event) => event),
    );
    return rate;
  } finally {
    await worker.stop();
  }
}

/**
 * Webhooks a second from the first batch that is seen to be done, which leaves out the start of the program, to the last,
 * of which the worker notes the time. The rows are counted once and asked for seldom: counting them all the while would
 * take a fifth of a core from whoever works.
 */
async function drainRate(world: BenchWorld, count: number): Promise<number> {
  const hasBegun = async () => (await world.query('SELECT FROM app.cart_states LIMIT 1')).length > 0;
  while (!(await hasBegun())) await sleep(10);
  const [begun] = await world.query<{ done: number }>(
    'SELECT count(*)::int AS done FROM inbox.events WHERE NOT pending',
  );
  const fromMs = Date.now();
  const isPending = async () => (await world.query('SELECT FROM inbox.events WHERE pending LIMIT 1')).length > 0;
  while (await isPending()) await sleep(250);
  const [last] = await world.query<{ at: Date }>('SELECT max(applied_at) AS at FROM app.shop_activity');
  return ((count - (begun?.done ?? 0)) * 1000) / ((last?.at.getTime() ?? NaN) - fromMs);
}

async function drainPeer(world: BenchWorld, peer: JobQueuePeer, plan: LoadPlan, count: number): Promise<number> {
  await resetPeerTables(world);
  await peer.fill(plan, count);
  await world.query('ANALYZE peerboss.job');
  await world.query('CHECKPOINT');
  const since = performance.now();
  const done = await peer.drain();
  const perSecond = (done * 1000) / (performance.now() - since);
  const [carts] = await world.query<{ carts: number }>('SELECT count(*)::int AS carts FROM peer."Cart"');
  if (done !== count || carts?.carts !== count / UPDATES) throw new GateError('The peer did not do the work');
  return perSecond;
}
