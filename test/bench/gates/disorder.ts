import { runLoad } from '#test/bench/load/generator.ts';
import type { LoadSpec } from '#test/bench/load/load.ts';
import { type BenchContext, GateError, type Measure } from '#test/bench/row.ts';
import { outcomeOf, requireCarts, requireInbox } from '#test/bench/world/oracle.ts';

/** Every fifth webhook twice, all in disorder: inbox and carts are what one delivery in order would have made. */
export async function duplicatesAndDisorder({ bench, isQuick, say }: BenchContext): Promise<Measure[]> {
  const world = await bench.openWorld(8);
  const edge = await world.startEdge();
  const worker = await world.startWorker();
  try {
    const plan = {
      name: 'ds',
      shopCount: 8,
      updatesPerCart: 5,
      baseMs: Date.now(),
      duplicateEvery: 5,
      isShuffled: true,
    };
    const count = isQuick ? 2_000 : 10_000;
    const spec: LoadSpec = { plan, port: edge.port, connections: 64, count, durationMs: 120_000 };
    const result = await runLoad(spec);
    if (result.statuses.some((status) => status !== 200)) throw new GateError('Not every webhook was taken');
    await world.untilApplied();
    await requireInbox(world, spec, result);
    await requireCarts(world, plan, outcomeOf(spec, result).acknowledged);
    say(`gates: ${String(result.sent)} deliveries of ${String(count)} webhooks, shuffled: tables equal the oracle`);
    return [
      {
        metric: `${result.sent.toLocaleString('en')} shuffled deliveries with duplicates: rows that differ from the oracle`,
        unit: 'rows',
        ours: [0],
        target: { on: 'ours', atMost: 0 },
      },
    ];
  } finally {
    await edge.stop();
    await worker.stop();
    await world.close();
  }
}
