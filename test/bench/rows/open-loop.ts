import { runLoad } from '#test/bench/load/generator.ts';
import type { LoadResult, LoadSpec } from '#test/bench/load/load.ts';
import { quantile } from '#test/bench/measure/stats.ts';
import { peerEnvironment } from '#test/bench/peers/shared/settings.ts';
import type { BenchContext, Measure, Row } from '#test/bench/row.ts';
import { requireInbox } from '#test/bench/world/oracle.ts';
import { addPeerTables, resetPeerTables } from '#test/bench/world/peer-tables.ts';
import { type RunningProgram, startPeer } from '#test/bench/world/programs.ts';
import type { BenchWorld } from '#test/bench/world/world.ts';

const SHOPS = 20;
const CONNECTIONS = 64;
const FIXED_RATES = [1_000, 5_000] as const;
/** Rates that are tried one after the other until one cannot be held. */
const OUR_LADDER = [1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 8_000, 10_000, 12_000, 15_000];
const PEER_LADDER = [50, 100, 150, 200, 300, 400, 600, 800, 1_000];
const HELD_P99_MS = 100;

export const openLoop: Row = {
  name: 'open-loop',
  title: 'Open loop: webhooks fall due at a fixed rate, latency from the moment each was due',
  run: async (context) => {
    const world = await context.bench.openWorld(SHOPS);
    const programs: RunningProgram[] = [];
    try {
      const peerSettings = peerEnvironment(await addPeerTables(world));
      const edge = await world.startEdge();
      programs.push(edge);
      const official = await startPeer('official', peerSettings);
      programs.push(official);
      await run(world, edge, 'wu', 2_000, 2_000);
      await run(world, official, 'wv', 200, 2_000);
      return [...(await fixedRates(context, world, edge)), await highestRates(context, world, edge, official)];
    } finally {
      for (const program of programs) await program.stop();
      await world.close();
    }
  },
};

async function fixedRates(context: BenchContext, world: BenchWorld, edge: RunningProgram): Promise<Measure[]> {
  const p99 = new Map(FIXED_RATES.map((rate) => [rate, [] as number[]]));
  const p50 = new Map(FIXED_RATES.map((rate) => [rate, [] as number[]]));
  const refused: number[] = [];
  for (let round = 1; round <= context.rounds; round += 1) {
    let failed = 0;
    for (const rate of FIXED_RATES) {
      const { result, spec } = await run(world, edge, `${String(round)}f${String(rate / 1000)}`, rate, context.roundMs);
      await requireInbox(world, spec, result);
      failed += result.statuses.filter((status) => status !== 200).length;
      p99.get(rate)?.push(quantile(result.latenciesMs, 0.99));
      p50.get(rate)?.push(quantile(result.latenciesMs, 0.5));
      context.say(
        `open-loop ${String(rate)}/s round ${String(round)}: p99 ${quantile(result.latenciesMs, 0.99).toFixed(1)} ms`,
      );
    }
    refused.push(failed);
  }
  const rates = FIXED_RATES.flatMap((rate): Measure[] => [
    { metric: `p50 at ${rate.toLocaleString('en')}/s`, unit: 'ms', ours: p50.get(rate) ?? [] },
    {
      metric: `p99 at ${rate.toLocaleString('en')}/s`,
      unit: 'ms',
      ours: p99.get(rate) ?? [],
      target: { on: 'ours', atMost: 15 },
    },
  ]);
  const lost: Measure = {
    metric: 'lost or refused',
    unit: 'webhooks',
    ours: refused,
    target: { on: 'ours', atMost: 0 },
  };
  return [...rates, lost];
}

async function highestRates(
  context: BenchContext,
  world: BenchWorld,
  edge: RunningProgram,
  official: RunningProgram,
): Promise<Measure> {
  const ours: number[] = [];
  const peer: number[] = [];
  const rounds = context.isQuick ? 1 : 2;
  for (let round = 1; round <= rounds; round += 1) {
    ours.push(await climb(context, world, edge, `o${String(round)}`, OUR_LADDER));
    peer.push(await climb(context, world, official, `p${String(round)}`, PEER_LADDER));
  }
  return {
    metric: 'highest rate with p99 under 100 ms',
    unit: 'requests/s',
    ours,
    peerName: 'official pattern',
    peer,
    target: { on: 'ratio', atLeast: 20 },
  };
}

/** The highest rate of the ladder below the first that is not held, tried twice: somebody else may have had the machine. */
async function climb(
  context: BenchContext,
  world: BenchWorld,
  program: RunningProgram,
  name: string,
  ladder: readonly number[],
): Promise<number> {
  let held = 0;
  for (const [step, rate] of ladder.entries()) {
    const isHeld = async (attempt: string): Promise<boolean> => {
      const durationMs = Math.min(3_000, context.roundMs);
      const { result } = await run(world, program, `${name}${String(step)}${attempt}`, rate, durationMs);
      const p99 = quantile(result.latenciesMs, 0.99);
      const holds = p99 < HELD_P99_MS && result.statuses.every((status) => status === 200);
      context.say(`open-loop ${name} at ${String(rate)}/s: p99 ${p99.toFixed(1)} ms${holds ? '' : ', not held'}`);
      return holds;
    };
    if (!(await isHeld('a')) && !(await isHeld('b'))) break;
    held = rate;
  }
  return held;
}

async function run(
  world: BenchWorld,
  program: RunningProgram,
  name: string,
  ratePerSecond: number,
  durationMs: number,
): Promise<{ spec: LoadSpec; result: LoadResult }> {
  await world.reset();
  await resetPeerTables(world);
  const spec: LoadSpec = {
    plan: { name, shopCount: SHOPS, updatesPerCart: 1, baseMs: Date.now() },
    port: program.port,
    connections: CONNECTIONS,
    count: Math.ceil((ratePerSecond * durationMs) / 1000),
    ratePerSecond,
    graceMs: 4_000,
  };
  return { spec, result: await runLoad(spec) };
}
