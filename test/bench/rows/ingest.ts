import { runLoad } from '#test/bench/load/generator.ts';
import type { LoadResult, LoadSpec } from '#test/bench/load/load.ts';
import { cpuMsOf, postgresCpuMs } from '#test/bench/measure/cpu.ts';
import { peerEnvironment } from '#test/bench/peers/shared/settings.ts';
import type { BenchContext, Measure, Row } from '#test/bench/row.ts';
import { requireCarts, requireInbox, requirePeer, outcomeOf } from '#test/bench/world/oracle.ts';
import { addPeerTables, resetPeerTables } from '#test/bench/world/peer-tables.ts';
import { type RunningProgram, startPeer } from '#test/bench/world/programs.ts';
import type { BenchWorld } from '#test/bench/world/world.ts';

const SHOPS = 20;
const CONNECTIONS = 64;
/** More than any of the contenders takes in a second. */
const MOST_PER_SECOND = 25_000;

interface Contender {
  readonly name: 'ours' | 'official' | 'prepared' | 'oneStatement' | 'wall';
  readonly program: RunningProgram;
  readonly mostPerSecond: number;
  prepare(): Promise<void>;
  /** Throws unless what was acknowledged is there. */
  check(spec: LoadSpec, result: LoadResult): Promise<unknown>;
}

/** Requests a second, and milliseconds of processor time per request (Node and PostgreSQL together), by round. */
interface Figures {
  readonly perSecond: number[];
  readonly cpuMs: number[];
}

export const ingest: Row = {
  name: 'ingest',
  title: 'Ingest throughput and CPU, 64 connections, answered after commit',
  run: async (context) => {
    const world = await context.bench.openWorld(SHOPS);
    const programs: RunningProgram[] = [];
    try {
      const peer = peerEnvironment(await addPeerTables(world));
      const start = async (program: Promise<RunningProgram>) => {
        const started = await program;
        programs.push(started);
        return started;
      };
      const peers = { prepare: () => resetPeerTables(world), check: requirePeer.bind(null, world) };
      const ours = { prepare: () => world.reset(), check: requireInbox.bind(null, world) };
      const edge = await start(world.startEdge());
      const contenders: Contender[] = [
        { name: 'ours', program: edge, mostPerSecond: MOST_PER_SECOND, ...ours },
        { name: 'official', program: await start(startPeer('official', peer)), mostPerSecond: 3_000, ...peers },
        { name: 'prepared', program: await start(startPeer('raw-single', peer)), mostPerSecond: 12_000, ...peers },
        {
          name: 'oneStatement',
          program: await start(startPeer('raw-single', { ...peer, PEER_STATEMENTS: '1' })),
          mostPerSecond: 12_000,
          ...peers,
        },
        {
          name: 'wall',
          program: await start(startPeer('no-database', peer)),
          mostPerSecond: 60_000,
          prepare: () => Promise.resolve(),
          check: () => Promise.resolve(),
        },
      ];
      const figures = await race(context, world, contenders);
      const visible = await cpuToVisible(context, world, edge);
      return measures(figures, visible);
    } finally {
      for (const program of programs) await program.stop();
      await world.close();
    }
  },
};

async function race(context: BenchContext, world: BenchWorld, contenders: readonly Contender[]) {
  const figures = new Map<Contender['name'], Figures>();
  for (const { name } of contenders) figures.set(name, { perSecond: [], cpuMs: [] });
  // Round 0 warms up and is not counted.
  for (let round = 0; round <= context.rounds; round += 1) {
    for (const contender of contenders) {
      const durationMs = round === 0 ? Math.min(context.roundMs, 2_000) : context.roundMs;
      const { perSecond, cpuMs } = await runOnce(
        world,
        contender,
        `${contender.name.slice(0, 2)}${String(round)}`,
        durationMs,
      );
      context.say(
        `ingest ${contender.name} round ${String(round)}: ${perSecond.toFixed(0)}/s, ${cpuMs.toFixed(3)} ms CPU`,
      );
      if (round === 0) continue;
      figures.get(contender.name)?.perSecond.push(perSecond);
      figures.get(contender.name)?.cpuMs.push(cpuMs);
    }
  }
  return figures;
}

async function runOnce(world: BenchWorld, contender: Contender, name: string, durationMs: number) {
  await contender.prepare();
  const spec: LoadSpec = {
    plan: { name, shopCount: SHOPS, updatesPerCart: 1, baseMs: Date.now() },
    port: contender.program.port,
    connections: CONNECTIONS,
    count: Math.ceil((contender.mostPerSecond * durationMs) / 1000),
    durationMs,
  };
  const cpuOf = await cpuMeter(world, contender.program.pid);
  const result = await runLoad(spec);
  const cpu = cpuOf();
  await contender.check(spec, result);
  const { acknowledged } = outcomeOf(spec, result);
  return { perSecond: (result.acknowledgedInTime * 1000) / durationMs, cpuMs: cpu / acknowledged.size };
}

/** @returns reads the processor time that these programs and PostgreSQL have used since. */
async function cpuMeter(world: BenchWorld, ...pids: number[]): Promise<() => number> {
  const serverPid = await world.server.pid();
  const read = () => pids.reduce((sum, pid) => sum + cpuMsOf(pid), postgresCpuMs(serverPid));
  const before = read();
  return () => read() - before;
}

/** Processor time per webhook up to the state the list shows: edge, worker and PostgreSQL. */
async function cpuToVisible(context: BenchContext, world: BenchWorld, edge: RunningProgram): Promise<number[]> {
  const worker = await world.startWorker();
  const values: number[] = [];
  try {
    for (let round = 1; round <= context.rounds; round += 1) {
      await world.reset();
      const plan = { name: `vi${String(round)}`, shopCount: SHOPS, updatesPerCart: 1, baseMs: Date.now() };
      const count = context.isQuick ? 2_000 : 10_000;
      const spec: LoadSpec = { plan, port: edge.port, connections: CONNECTIONS, count, durationMs: 60_000 };
      const cpuOf = await cpuMeter(world, edge.pid, worker.pid);
      const result = await runLoad(spec);
      await world.untilApplied();
      values.push(cpuOf() / count);
      const { acknowledged, unknown } = outcomeOf(spec, result);
      await requireCarts(world, plan, acknowledged, unknown);
      context.say(`ingest edge + worker round ${String(round)}: ${(values.at(-1) ?? 0).toFixed(3)} ms CPU`);
    }
  } finally {
    await worker.stop();
  }
  return values;
}

function measures(figures: ReadonlyMap<Contender['name'], Figures>, visible: readonly number[]): Measure[] {
  const of = (name: Contender['name']) => figures.get(name) ?? { perSecond: [], cpuMs: [] };
  const requests = { unit: 'requests/s', ours: of('ours').perSecond };
  const cpu = { unit: 'ms CPU per webhook', peerName: 'official pattern', peer: of('official').cpuMs };
  return [
    {
      metric: 'throughput against the official pattern',
      ...requests,
      peerName: 'authenticate.webhook + Prisma',
      peer: of('official').perSecond,
      target: { on: 'ratio', atLeast: 25 },
    },
    {
      metric: 'throughput against prepared statements',
      ...requests,
      peerName: 'node:http + pg, two prepared statements',
      peer: of('prepared').perSecond,
      target: { on: 'ratio', atLeast: 4 },
    },
    {
      metric: 'throughput against one prepared statement',
      ...requests,
      peerName: 'node:http + pg, both in one statement',
      peer: of('oneStatement').perSecond,
    },
    {
      metric: 'distance to the wall',
      ...requests,
      peerName: 'same listener, HMAC, no database',
      peer: of('wall').perSecond,
      target: { on: 'ratio', atLeast: 0.5 },
    },
    { metric: 'CPU, edge alone', ...cpu, ours: of('ours').cpuMs, target: { on: 'ratio', atMost: 1 / 25 } },
    { metric: 'CPU, edge and worker to the visible state', ...cpu, ours: visible },
  ];
}
