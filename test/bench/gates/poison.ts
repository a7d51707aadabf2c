import { type BenchContext, GateError, type Measure } from '#test/bench/row.ts';
import { fillInbox } from '#test/bench/world/fill.ts';

/** Webhooks that cannot be opened lie among good ones: the good ones are applied, the bad ones stay aside. */
export async function poisoned({ bench, say }: BenchContext): Promise<Measure[]> {
  const world = await bench.openWorld(2);
  const edge = await world.startEdge();
  try {
    const count = 2_000;
    const bad = 3;
    await fillInbox(edge, { name: 'po', shopCount: 2, updatesPerCart: 1, baseMs: Date.now() }, count);
    await world.query(
      `UPDATE inbox.events SET sealed = set_byte(sealed, 100, get_byte(sealed, 100) # 1)
       WHERE digest IN (SELECT digest FROM inbox.events ORDER BY digest LIMIT $1)`,
      [bad],
    );
    const worker = await world.startWorker();
    const since = performance.now();
    let carts = 0;
    while (carts < count - bad && performance.now() - since < 30_000) {
      carts = (await world.query<{ carts: number }>('SELECT count(*)::int AS carts FROM app.carts'))[0]?.carts ?? 0;
    }
    await worker.stop();
    const [aside] = await world.query<{ rows: number }>(
      'SELECT count(*)::int AS rows FROM inbox.events WHERE failure_code IS NOT NULL AND sealed IS NOT NULL',
    );
    if (carts !== count - bad || aside?.rows !== bad) {
      throw new GateError(
        `${String(carts)} of ${String(count - bad)} good webhooks were applied, ${String(aside?.rows)} set aside`,
      );
    }
    say(`gates: ${String(bad)} poisoned webhooks set aside, ${String(carts)} others applied`);
    const metric = 'three poisoned webhooks among 2,000: good ones that were held up';
    return [{ metric, unit: 'webhooks', ours: [0], target: { on: 'ours', atMost: 0 } }];
  } finally {
    await edge.stop();
    await world.close();
  }
}
