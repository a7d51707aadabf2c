import pg from 'pg';

import { bodyOf, domainOf, type LoadPlan, shopOf } from '#test/bench/load/plan.ts';
import { peerCart, peerKey } from '#test/bench/peers/shared/peer-cart.ts';
import type { PeerSettings } from '#test/bench/peers/shared/settings.ts';
import { GUARDED_UPSERT } from '#test/bench/peers/shared/upsert.ts';
import type { Row } from '#test/bench/row.ts';
import { fillInbox } from '#test/bench/world/fill.ts';
import { requireCarts } from '#test/bench/world/oracle.ts';
import { addPeerTables, resetPeerTables } from '#test/bench/world/peer-tables.ts';
import { walBytesSince, walPosition } from '#test/bench/world/wal.ts';
import type { BenchWorld } from '#test/bench/world/world.ts';

const SHOPS = 20;
const UPDATES = 5;

export const burst: Row = {
  name: 'burst',
  title: 'Burst of five updates per cart: what it writes',
  run: async ({ bench, rounds, isQuick, say }) => {
    const world = await bench.openWorld(SHOPS);
    const settings = await addPeerTables(world);
    await world.query('CREATE EXTENSION pg_walinspect');
    const edge = await world.startEdge();
    const count = isQuick ? 5_000 : 10_000;
    const carts: number[] = [];
    const history: number[] = [];
    const rowWrites: number[] = [];
    const peer: number[] = [];
    try {
      for (let round = 1; round <= rounds; round += 1) {
        const plan: LoadPlan = {
          name: `bu${String(round)}`,
          shopCount: SHOPS,
          updatesPerCart: UPDATES,
          baseMs: Date.now(),
        };
        await world.reset();
        await fillInbox(edge, plan, count);
        const writesBefore = await cartWrites(world);
        await world.query('CHECKPOINT');
        const from = await walPosition(world);
        const worker = await world.startWorker();
        await world.untilApplied();
        carts.push((await walBytesSince(world, from, ['app.carts'])) / count);
        history.push((await walBytesSince(world, from, ['app.cart_states'])) / count);
        // Counts reach the server's statistics when the worker's connections end.
        await worker.stop();
        rowWrites.push(((await cartWrites(world)) - writesBefore) / count);
        await requireCarts(
          world,
          plan,
          Array.from({ length: count }, (_, event) => event),
        );
        peer.push((await peerBytes(world, settings, plan, count)) / count);
        say(
          `burst round ${String(round)}: ${(carts.at(-1) ?? 0).toFixed(0)} B/event, single upserts ${(peer.at(-1) ?? 0).toFixed(0)}`,
        );
      }
    } finally {
      await edge.stop();
      await world.close();
    }
    const single = { unit: 'WAL bytes per event', peerName: 'single guarded upserts', peer };
    return [
      { metric: 'table of carts with its indexes', ...single, ours: carts, target: { on: 'ratio', atMost: 1 / 15 } },
      { metric: 'history, every state kept', ...single, ours: history },
      {
        metric: 'row writes, table of carts',
        unit: 'row writes per event',
        ours: rowWrites,
        target: { on: 'ours', atMost: 0.25 },
      },
    ];
  },
};

async function cartWrites(world: BenchWorld): Promise<number> {
  const [row] = await world.query<{ writes: number }>(
    `SELECT (n_tup_ins + n_tup_upd)::int AS writes FROM pg_stat_user_tables WHERE relid = 'app.carts'::regclass`,
  );
  return row?.writes ?? 0;
}

/** The same events, each upserted by itself as it comes. */
async function peerBytes(world: BenchWorld, settings: PeerSettings, plan: LoadPlan, count: number): Promise<number> {
  await resetPeerTables(world);
  const key = peerKey(settings.key);
  const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: 8 });
  const from = await walPosition(world);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const event = next;
      next += 1;
      const shop = domainOf(shopOf(plan, Math.floor(event / UPDATES)));
      const cart = peerCart(key, shop, JSON.parse(bodyOf(plan, event)));
      if (cart === null) continue;
      const { token, changedAt, itemCount, lineCount, valueMinor, currency, sealed } = cart;
      const values = [shop, token, changedAt, itemCount, lineCount, valueMinor, currency, sealed];
      await pool.query({ ...GUARDED_UPSERT, values });
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  await pool.end();
  return walBytesSince(world, from, ['peer."Cart"']);
}
