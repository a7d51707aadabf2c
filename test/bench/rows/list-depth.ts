import { PrismaPg } from '@prisma/adapter-pg';

import { type CartCursor } from '#app/carts/cursor.ts';
import { listCarts, pageRead } from '#app/carts/list.ts';
import { poolConfig } from '#app/data/connection.ts';
import { PrismaClient } from '#app/data/prisma/client.ts';
import { type Database, openDatabase, withShop } from '#app/data/with-shop.ts';
import { GateError, type Row } from '#test/bench/row.ts';
import type { BenchWorld } from '#test/bench/world/world.ts';

const PER_PAGE = 50;
const SETTINGS = { idleAfterMinutes: 60, nowMs: Date.now() };
/** What the list shows of a cart, as Prisma selects it. */
const SELECT = {
  id: true,
  startedAt: true,
  lastChangedAt: true,
  itemCount: true,
  valueMinor: true,
  currency: true,
  checkoutAt: true,
  checkoutDeletedAt: true,
  orderedAt: true,
  person: { select: { supportCode: true } },
  orders: { where: { cancelledAt: { not: null } }, select: { id: true }, take: 1 },
} as const;

export const listDepth: Row = {
  name: 'list-depth',
  title: 'List page at depth 200,000 of 500,000 carts',
  run: async ({ bench, rounds, isQuick, say }) => {
    const carts = isQuick ? 50_000 : 500_000;
    const depth = carts * 0.4;
    const world = await bench.openWorld(1);
    const shopId = world.shopIds[0] ?? '';
    const statements: string[] = [];
    const db = openDatabase({ url: world.database.url, applicationName: 'bench', max: 2 });
    const prisma = new PrismaClient({
      adapter: new PrismaPg(poolConfig(world.database.url, 'ci_app', { applicationName: 'bench', max: 2 })),
      log: [{ emit: 'event', level: 'query' }],
    });
    prisma.$on('query', ({ query, params }) => void statements.push(`${query}\n${params}`));
    const peerDb: Database = { ...db, prisma };
    try {
      await addCarts(world, shopId, carts);
      const after = await cursorAt(world, shopId, depth);
      const ours: number[] = [];
      const peer: number[] = [];
      const oursDatabase: number[] = [];
      const peerDatabase: number[] = [];
      for (let round = 0; round <= rounds * 2; round += 1) {
        statements.length = 0;
        const oursNow = await timed(() => page(db, shopId, after));
        const { sql, params } = pageRead(shopId, { view: 'all', code: null, after }, SETTINGS);
        const oursPlan = await executionMs(world, sql, params);
        const peerNow = await timed(() => offsetPage(peerDb, shopId, depth));
        const peerPlan = await sentExecutionMs(world, statements.splice(0));
        if (oursNow.first !== peerNow.first) throw new GateError('The two pages differ');
        say(
          `list-depth round ${String(round)}: ${oursPlan.toFixed(2)} ms, OFFSET ${peerPlan.toFixed(1)} ms in the database`,
        );
        if (round === 0) continue;
        ours.push(oursNow.ms);
        peer.push(peerNow.ms);
        oursDatabase.push(oursPlan);
        peerDatabase.push(peerPlan);
      }
      const offset = { unit: 'ms', peerName: 'OFFSET through Prisma' };
      return [
        {
          metric: 'in the database',
          ...offset,
          ours: oursDatabase,
          peer: peerDatabase,
          target: { on: 'ratio', atMost: 1 / 50 },
        },
        { metric: 'in the database, absolute', unit: 'ms', ours: oursDatabase, target: { on: 'ours', atMost: 2 } },
        { metric: 'whole page as the route asks for it', ...offset, ours, peer },
      ];
    } finally {
      await db.close();
      await prisma.$disconnect();
      await world.close();
    }
  },
};

async function timed(read: () => Promise<string>): Promise<{ ms: number; first: string }> {
  const since = performance.now();
  const first = await read();
  return { ms: performance.now() - since, first };
}

async function page(db: Database, shopId: string, after: CartCursor): Promise<string> {
  const list = await listCarts(db, shopId, { view: 'all', code: null, after }, SETTINGS);
  return list.rows[0]?.id ?? '';
}

/** The same page and select, by number of rows to leave out. */
async function offsetPage(db: Database, shopId: string, skip: number): Promise<string> {
  return withShop(db, shopId, async (tx) => {
    const rows = await tx.cart.findMany({
      where: { shopId },
      orderBy: [{ lastChangedAt: 'desc' }, { id: 'desc' }],
      skip,
      take: PER_PAGE + 1,
      select: SELECT,
    });
    return rows[0]?.id ?? '';
  });
}

/** Time the server takes for the peer's own statement, as Prisma sent it. */
async function sentExecutionMs(world: BenchWorld, statements: readonly string[]): Promise<number> {
  const [text = '', params = '[]'] =
    statements.find((one) => one.includes('"app"."carts"') && one.includes('ORDER BY'))?.split('\n') ?? [];
  return executionMs(world, text, JSON.parse(params) as unknown[]);
}

async function executionMs(world: BenchWorld, sql: string, params: readonly unknown[]): Promise<number> {
  const [row] = await world.query<{ 'QUERY PLAN': { 'Execution Time': number }[] }>(
    `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${sql}`,
    [...params],
  );
  return row?.['QUERY PLAN'][0]?.['Execution Time'] ?? NaN;
}

/** Half a million carts cannot go through the inbox for every run; the list reads plain columns only. */
async function addCarts(world: BenchWorld, shopId: string, count: number): Promise<void> {
  await world.query(
    `INSERT INTO app.carts (shop_id, id, token_ref, started_at, last_changed_at, content_changed_at, content_origin, item_count,
       line_count, value_minor, currency)
     SELECT $1, uuidv7(), decode(md5(n::text), 'hex'), now() - n * interval '4 seconds', now() - n * interval '3 seconds',
       now() - n * interval '3 seconds', 'cart', 1 + n % 5, 1 + n % 3, 1000 + n % 50000, 'CAD'
     FROM generate_series(1, $2::int) AS n ORDER BY md5(n::text)`,
    [shopId, count],
  );
  await world.query('VACUUM ANALYZE app.carts');
}

/** The last cart before the page. */
async function cursorAt(world: BenchWorld, shopId: string, depth: number): Promise<CartCursor> {
  const [row] = await world.query<{ id: string; at: Date }>(
    `SELECT id, last_changed_at AS at FROM app.carts WHERE shop_id = $1 ORDER BY last_changed_at DESC, id DESC LIMIT 1 OFFSET $2`,
    [shopId, depth - 1],
  );
  if (row === undefined) throw new GateError('There are too few carts');
  return { lastChangedAtMs: row.at.getTime(), id: row.id };
}
