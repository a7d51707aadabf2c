import { runLoad } from '#test/bench/load/generator.ts';
import type { LoadSpec } from '#test/bench/load/load.ts';
import { quantile } from '#test/bench/measure/stats.ts';
import { type BenchContext, GateError, type Measure } from '#test/bench/row.ts';
import { requireInbox } from '#test/bench/world/oracle.ts';

const CONNECTIONS = 64;

/** While the database stands still, webhooks are refused before Shopify gives up; once it moves they are taken again. */
export async function overload({ bench, say }: BenchContext): Promise<Measure[]> {
  const world = await bench.openWorld(4);
  const edge = await world.startEdge();
  try {
    const spec: LoadSpec = {
      plan: { name: 'ov', shopCount: 4, updatesPerCart: 1, baseMs: Date.now() },
      port: edge.port,
      connections: CONNECTIONS,
      count: 6_000,
      ratePerSecond: 1_000,
      graceMs: 10_000,
    };
    const load = runLoad(spec);
    // A lock that every insert has to wait for; held for three of the six seconds.
    const held = world.query(
      `DO $$ BEGIN PERFORM pg_sleep(2); LOCK TABLE inbox.events IN ACCESS EXCLUSIVE MODE; PERFORM pg_sleep(3); END $$`,
    );
    const result = await load;
    await held;
    await requireInbox(world, spec, result);
    const statuses = [...result.statuses];
    const refused = statuses.filter((status) => status === 503).length;
    const unanswered = statuses.filter((status) => status !== 200 && status !== 503).length;
    const last = statuses.slice(-200).filter((status) => status === 200).length;
    if (unanswered > 0) throw new GateError(`${String(unanswered)} webhooks got no proper answer`);
    if (last < 200) throw new GateError('It did not recover by itself');
    const slowest = quantile(result.latenciesMs, 1);
    say(
      `gates: database locked for 3 s: ${String(refused)} refused, slowest answer ${slowest.toFixed(0)} ms, recovered`,
    );
    return [
      {
        metric: 'database locked for 3 s at 1,000/s: slowest answer',
        unit: 'ms',
        ours: [slowest],
        target: { on: 'ours', atMost: 5_000 },
      },
      {
        metric: 'database locked for 3 s at 1,000/s: refused with 503, all taken afterwards',
        unit: 'webhooks',
        ours: [refused],
      },
    ];
  } finally {
    await edge.stop();
    await world.close();
  }
}
