import { randomBytes } from 'node:crypto';

import pg from 'pg';

import { poolConfig } from '#app/data/connection.ts';
import { dayOf, openDays } from '#app/ingest/days.ts';
import { type InboxEntry, insertEntries } from '#app/ingest/edge/insert.ts';
import { copyBytes, copyIn } from '#test/bench/peers/copy-binary.ts';
import { GateError, type Row } from '#test/bench/row.ts';
import type { BenchWorld } from '#test/bench/world/world.ts';
import { postgresUrl } from '#test/support/postgres.ts';

const BATCH = 100;
const LARGE_BATCH = 10_000;
const IN_FLIGHT = 2;
const SEALED_BYTES = 800;
const EPOCH_2000_MS = Date.UTC(2000, 0, 1);
const DAY_MS = 86_400_000;

export const writePath: Row = {
  name: 'write-path',
  title: 'Write path alone: sealed rows into the inbox, durable',
  run: async ({ bench, rounds, isQuick, say }) => {
    const world = await bench.openWorld(20);
    const pool = new pg.Pool({
      ...poolConfig(world.database.url, 'ci_edge', { applicationName: 'bench' }),
      max: IN_FLIGHT,
    });
    const url = postgresUrl(world.server, world.database.name);
    const clients = Array.from({ length: IN_FLIGHT }, () => new pg.Client({ connectionString: url }));
    try {
      await prepareDays(world);
      for (const client of clients) await client.connect();
      const count = isQuick ? 10_000 : 60_000;
      const figures: Record<'ours' | 'copySame' | 'copyLarge', number[]> = { ours: [], copySame: [], copyLarge: [] };
      for (let round = 0; round <= rounds; round += 1) {
        const ours = await timed(world, count, BATCH, async (entries) => {
          await insertEntries(pool, entries);
        });
        const copy = (lane: number, entries: readonly InboxEntry[]) => {
          const client = clients[lane];
          return client === undefined ? Promise.resolve() : copyIn(client, COPY, copyBytes(entries.map(fields)));
        };
        const copySame = await timed(world, count, BATCH, (entries, lane) => copy(lane, entries));
        const copyLarge = await timed(world, count, LARGE_BATCH, (entries, lane) => copy(lane, entries));
        say(
          `write-path round ${String(round)}: ${[ours, copySame, copyLarge].map((value) => value.toFixed(0)).join(', ')} rows/s`,
        );
        if (round === 0) continue;
        figures.ours.push(ours);
        figures.copySame.push(copySame);
        figures.copyLarge.push(copyLarge);
      }
      const ours = { unit: 'rows/s', ours: figures.ours, target: { on: 'ratio', atLeast: 0.6 } } as const;
      return [
        {
          metric: 'batches of 100, with de-duplication',
          ...ours,
          peerName: 'COPY BINARY, batches of 100',
          peer: figures.copySame,
        },
        {
          metric: 'batches of 100 against the physical limit',
          ...ours,
          peerName: 'COPY BINARY, batches of 10,000',
          peer: figures.copyLarge,
        },
      ];
    } finally {
      for (const client of clients) await client.end();
      await pool.end();
      await world.close();
    }
  },
};

const COPY = `COPY inbox.events (shop_id, day, topic, digest, epoch, received_at, triggered_at, webhook_id, event_id, sealed)
  FROM STDIN (FORMAT binary)`;

/** Rows a second over two connections. */
async function timed(
  world: BenchWorld,
  count: number,
  batch: number,
  write: (entries: readonly InboxEntry[], lane: number) => Promise<void>,
): Promise<number> {
  const entries = makeEntries(world, count);
  await world.reset();
  const since = performance.now();
  let next = 0;
  const work = async (lane: number): Promise<void> => {
    while (next < count) {
      const from = next;
      next += batch;
      await write(entries.slice(from, from + batch), lane);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, (_, lane) => work(lane)));
  const perSecond = (count * 1000) / (performance.now() - since);
  const [stored] = await world.query<{ rows: number }>('SELECT count(*)::int AS rows FROM inbox.events');
  if (stored?.rows !== count) throw new GateError(`${String(stored?.rows)} of ${String(count)} rows were stored`);
  return perSecond;
}

function makeEntries(world: BenchWorld, count: number): InboxEntry[] {
  const now = new Date();
  const random = randomBytes(count * 16);
  const sealed = randomBytes(SEALED_BYTES);
  return Array.from({ length: count }, (_, at) => ({
    shopId: world.shopIds[at % world.shopIds.length] ?? '',
    day: dayOf(now),
    topic: 2,
    digest: random.subarray(at * 16, at * 16 + 16),
    receivedAt: now,
    triggeredAt: now,
    dayFromReceipt: false,
    webhookId: '00000000-0000-4000-8000-000000000000',
    eventId: '00000000-0000-4000-8000-000000000000',
    isExempt: false,
    failureCode: null,
    sealed,
  }));
}

function fields(entry: InboxEntry): (Buffer | null)[] {
  const { shopId, day, topic, digest, receivedAt, triggeredAt, webhookId, eventId, sealed } = entry;
  return [
    Buffer.from(shopId.replaceAll('-', ''), 'hex'),
    int(4, (Date.parse(day) - EPOCH_2000_MS) / DAY_MS),
    int(2, topic),
    digest,
    int(4, 1),
    time(receivedAt),
    triggeredAt === null ? null : time(triggeredAt),
    Buffer.from(webhookId),
    eventId === null ? null : Buffer.from(eventId),
    sealed,
  ];
}

function int(size: 2 | 4, value: number): Buffer {
  const out = Buffer.allocUnsafe(size);
  out.writeIntBE(value, 0, size);
  return out;
}

function time(value: Date): Buffer {
  const out = Buffer.allocUnsafe(8);
  out.writeBigInt64BE(BigInt(value.getTime() - EPOCH_2000_MS) * 1000n);
  return out;
}

async function prepareDays(world: BenchWorld): Promise<void> {
  const client = new pg.Client(poolConfig(world.database.url, 'ci_maintenance', { applicationName: 'bench' }));
  await client.connect();
  await openDays((sql, params) => client.query(sql, [...params]), world.keyring, new Date());
  await client.end();
}
