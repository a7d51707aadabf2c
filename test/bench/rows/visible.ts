import { readyLoad } from '#test/bench/load/generator.ts';
import type { LoadSpec } from '#test/bench/load/load.ts';
import type { LoadPlan } from '#test/bench/load/plan.ts';
import { quantile } from '#test/bench/measure/stats.ts';
import type { Row } from '#test/bench/row.ts';
import { outcomeOf, requireCarts } from '#test/bench/world/oracle.ts';
import { Sightings } from '#test/bench/world/sightings.ts';

const SHOPS = 20;
const RATE = 2_000;
const WINDOWS = 6;

export const visible: Row = {
  name: 'visible',
  title: 'From the acknowledgement to the cart list, 2,000/s, all programs running',
  run: async ({ bench, isQuick, say }) => {
    const world = await bench.openWorld(SHOPS);
    const edge = await world.startEdge();
    const worker = await world.startWorker();
    const web = await world.startWeb();
    try {
      const warmUp: LoadPlan = { name: 'vw', shopCount: SHOPS, updatesPerCart: 1, baseMs: Date.now() };
      const load = { port: edge.port, connections: 64, ratePerSecond: RATE, graceMs: 10_000 };
      await (await readyLoad({ plan: warmUp, count: 4_000, ...load })).go();
      await world.untilApplied();
      await world.reset();

      const seconds = isQuick ? 5 : 60;
      const plan: LoadPlan = { ...warmUp, name: 'vs', baseMs: Date.now() };
      const spec: LoadSpec = { plan, count: RATE * seconds, ...load };
      const ready = await readyLoad(spec);
      const sightings = new Sightings(world, plan, spec.count);
      const watching = sightings.watch();
      const result = await ready.go();
      const backlogMs = await world.untilApplied(300_000);
      await sightings.stop();
      await watching;
      say(`visible: everything applied ${backlogMs.toFixed(0)} ms after the last answer`);
      const { acknowledged, unknown } = outcomeOf(spec, result);
      say(`visible: ${String(unknown.size)} refused or unanswered`);
      await requireCarts(world, plan, acknowledged, unknown);

      const lagOf = (event: number): number => {
        const seenAtMs = sightings.seenAtMs[event] ?? 0;
        return seenAtMs === 0 ? Infinity : Math.max(0, seenAtMs - (result.answeredAtMs[event] ?? 0));
      };
      const lags = [...acknowledged].sort((a, b) => a - b).map(lagOf);
      const windows = Array.from({ length: WINDOWS }, (_, window) =>
        lags.slice((window * lags.length) / WINDOWS, ((window + 1) * lags.length) / WINDOWS),
      );
      say(`visible: p99 ${quantile(lags, 0.99).toFixed(0)} ms`);
      return [
        { metric: 'p50', unit: 'ms', ours: windows.map((window) => quantile(window, 0.5)) },
        {
          metric: 'p99',
          unit: 'ms',
          ours: windows.map((window) => quantile(window, 0.99)),
          target: { on: 'ours', atMost: 1_000 },
        },
        { metric: 'time to the last cart after the last answer', unit: 'ms', ours: [backlogMs] },
      ];
    } finally {
      await edge.stop();
      await worker.stop();
      await web.stop();
      await world.close();
    }
  },
};
