import { runLoad } from '#test/bench/load/generator.ts';
import { domainOf, type LoadPlan, stateOf } from '#test/bench/load/plan.ts';
import { quantile } from '#test/bench/measure/stats.ts';
import type { BenchContext, Measure } from '#test/bench/row.ts';

const SHOPS = 10;
const QUIET_RATE = 100;
const HOT_RATE = 1_000;

/** One shop sends nine of ten webhooks: how long the others' take, beside the same trickle without it. */
export async function fairness({ bench, isQuick, rounds, say }: BenchContext): Promise<Measure[]> {
  const world = await bench.openWorld(SHOPS);
  const edge = await world.startEdge();
  try {
    const seconds = isQuick ? 2 : 5;
    const run = async (name: string, rate: number, hotShare?: number) => {
      await world.reset();
      const plan: LoadPlan = {
        name,
        shopCount: SHOPS,
        updatesPerCart: 1,
        baseMs: Date.now(),
        ...(hotShare === undefined ? {} : { hotShare }),
      };
      const count = rate * seconds;
      const result = await runLoad({ plan, port: edge.port, connections: 64, count, ratePerSecond: rate });
      const others = [...result.latenciesMs].filter((_, event) => stateOf(plan, event).domain !== domainOf(0));
      return quantile(others, 0.99);
    };
    await run('fw', HOT_RATE);
    const quiet: number[] = [];
    const hot: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      quiet.push(await run(`fq${String(round)}`, QUIET_RATE));
      hot.push(await run(`fh${String(round)}`, HOT_RATE, 0.9));
      say(
        `gates: others' p99 ${(quiet.at(-1) ?? 0).toFixed(1)} ms alone, ${(hot.at(-1) ?? 0).toFixed(1)} ms beside a shop with 90 %`,
      );
    }
    return [
      {
        metric: "others' p99 beside a shop that sends 90 % of 1,000/s",
        unit: 'ms',
        ours: hot,
        peerName: 'the same trickle of 100/s alone',
        peer: quiet,
        target: { on: 'ratio', atMost: 2 },
      },
    ];
  } finally {
    await edge.stop();
    await world.close();
  }
}
