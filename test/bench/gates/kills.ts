import { setTimeout as sleep } from 'node:timers/promises';

import { runLoad } from '#test/bench/load/generator.ts';
import type { LoadSpec } from '#test/bench/load/load.ts';
import { type BenchContext, GateError, type Measure } from '#test/bench/row.ts';
import { outcomeOf, requireInbox } from '#test/bench/world/oracle.ts';

const KILL_AFTER_MS = 1_500;
const CONNECTIONS = 64;

/** `kill -9` of the edge under load: what it acknowledged is in the inbox. */
export async function killedEdge({ bench, say }: BenchContext): Promise<Measure[]> {
  const world = await bench.openWorld(4);
  const edge = await world.startEdge();
  try {
    const plan = { name: 'ke', shopCount: 4, updatesPerCart: 1, baseMs: Date.now() };
    const spec: LoadSpec = {
      plan,
      port: edge.port,
      connections: CONNECTIONS,
      count: 40_000,
      durationMs: 3_000,
      graceMs: 500,
    };
    const load = runLoad(spec);
    await untilRows(world, 1_000);
    await edge.kill();
    const result = await load;
    return await verdict('kill -9 of the edge', world, spec, result, say);
  } finally {
    await edge.stop();
    await world.close();
  }
}

/** `kill -9` of PostgreSQL under load: what was acknowledged is there after recovery, and the edge goes on by itself. */
export async function killedDatabase({ bench, say }: BenchContext): Promise<Measure[]> {
  const world = await bench.openWorld(4);
  const edge = await world.startEdge();
  try {
    const plan = { name: 'kd', shopCount: 4, updatesPerCart: 1, baseMs: Date.now() };
    const spec: LoadSpec = {
      plan,
      port: edge.port,
      connections: CONNECTIONS,
      count: 8_000,
      ratePerSecond: 1_000,
      graceMs: 10_000,
    };
    const load = runLoad(spec);
    await untilRows(world, 500);
    await sleep(KILL_AFTER_MS);
    await bench.server.crash();
    await bench.server.start();
    const result = await load;
    if ([...result.statuses.slice(-100)].some((status) => status !== 200))
      throw new GateError('The edge did not go on');
    return await verdict('kill -9 of PostgreSQL', world, spec, result, say);
  } finally {
    await edge.stop();
    await world.close();
  }
}

type World = Awaited<ReturnType<BenchContext['bench']['openWorld']>>;

async function untilRows(world: World, rows: number): Promise<void> {
  for (;;) {
    const [row] = await world.query<{ rows: number }>('SELECT count(*)::int AS rows FROM inbox.events');
    if ((row?.rows ?? 0) >= rows) return;
    await sleep(20);
  }
}

async function verdict(
  what: string,
  world: World,
  spec: LoadSpec,
  result: Awaited<ReturnType<typeof runLoad>>,
  say: BenchContext['say'],
): Promise<Measure[]> {
  await requireInbox(world, spec, result);
  const { acknowledged } = outcomeOf(spec, result);
  const failed = [...result.statuses.subarray(0, result.sent)].filter((status) => status !== 200).length;
  say(`gates: ${what}: ${String(acknowledged.size)} acknowledged, none lost, ${String(failed)} not acknowledged`);
  const metric = `${what} under load: acknowledged and lost`;
  return [{ metric, unit: 'webhooks', ours: [0], target: { on: 'ours', atMost: 0 } }];
}
