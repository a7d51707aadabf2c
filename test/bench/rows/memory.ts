import { setTimeout as sleep } from 'node:timers/promises';

import { readyLoad } from '#test/bench/load/generator.ts';
import type { LoadPlan } from '#test/bench/load/plan.ts';
import { residentBytes } from '#test/bench/measure/cpu.ts';
import { median } from '#test/bench/measure/stats.ts';
import type { BenchContext, Row } from '#test/bench/row.ts';
import { fillInbox } from '#test/bench/world/fill.ts';
import type { BenchWorld } from '#test/bench/world/world.ts';

const SHOPS = 20;
const RATE = 2_000;
const MIB = 1024 ** 2;
/** What garbage collection makes of a heap that does not grow. */
const FLAT_MIB = 48;
const SAMPLE_MS = 200;
/** A line of progress every half minute. */
const SAMPLES_PER_LINE = 150;

export const memory: Row = {
  name: 'memory',
  title: 'Memory: the edge under load, the worker with a backlog',
  run: async (context) => {
    const world = await context.bench.openWorld(SHOPS);
    try {
      const edge = await edgeGrowth(context, world);
      await world.reset();
      const worker = await workerGrowth(context, world);
      const flat = { on: 'ours', atMost: FLAT_MIB } as const;
      return [
        { metric: `edge, growth over ${edge.what}`, unit: 'MiB', ours: [edge.growth], target: flat },
        { metric: 'edge, highest', unit: 'MiB', ours: [edge.highest] },
        { metric: `worker, growth over ${worker.what}`, unit: 'MiB', ours: [worker.growth], target: flat },
        { metric: 'worker, highest', unit: 'MiB', ours: [worker.highest] },
      ];
    } finally {
      await world.close();
    }
  },
};

/** Ten minutes when the row is asked for by name; in the whole table a short form. */
async function edgeGrowth({ isQuick, isAlone, say }: BenchContext, world: BenchWorld) {
  const seconds = isQuick ? 6 : isAlone ? 600 : 40;
  const edge = await world.startEdge();
  try {
    const plan: LoadPlan = { name: 'me', shopCount: SHOPS, updatesPerCart: 1, baseMs: Date.now() };
    const load = await readyLoad({
      plan,
      port: edge.port,
      connections: 64,
      count: RATE * seconds,
      ratePerSecond: RATE,
    });
    const growth = await watch('edge', edge.pid, load.go(), say);
    say(`memory: edge ${growth.highest.toFixed(0)} MiB, grew ${growth.growth.toFixed(0)}`);
    return { ...growth, what: `${String(seconds)} s at 2,000/s` };
  } finally {
    await edge.stop();
  }
}

/** A million webhooks when the row is asked for by name. */
async function workerGrowth({ isQuick, isAlone, say }: BenchContext, world: BenchWorld) {
  const count = isQuick ? 10_000 : isAlone ? 1_000_000 : 60_000;
  const plan: LoadPlan = { name: 'mw', shopCount: SHOPS, updatesPerCart: 2, baseMs: Date.now() };
  const edge = await world.startEdge();
  await fillInbox(edge, plan, count);
  await edge.stop();
  const worker = await world.startWorker();
  try {
    const growth = await watch('worker', worker.pid, world.untilApplied(3_600_000), say);
    say(`memory: worker ${growth.highest.toFixed(0)} MiB, grew ${growth.growth.toFixed(0)}`);
    return { ...growth, what: `a backlog of ${count.toLocaleString('en')}` };
  } finally {
    await worker.stop();
  }
}

/** From the second fifth of the time, when the heap has found its size, to the last. */
async function watch(
  name: string,
  pid: number,
  work: Promise<unknown>,
  say: BenchContext['say'],
): Promise<{ growth: number; highest: number }> {
  const samples: number[] = [];
  const state = { isDone: false };
  const done = work.finally(() => {
    state.isDone = true;
  });
  while (!state.isDone) {
    const sample = residentBytes(pid) / MIB;
    samples.push(sample);
    if (samples.length % SAMPLES_PER_LINE === 0) say(`memory: ${name} ${sample.toFixed(0)} MiB`);
    await sleep(SAMPLE_MS);
  }
  await done;
  const fifth = Math.max(1, Math.floor(samples.length / 5));
  const growth = median(samples.slice(-fifth)) - median(samples.slice(fifth, 2 * fifth));
  return { growth, highest: Math.max(...samples) };
}
