import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';

import { QUEUES } from '#app/jobs/definitions.ts';
import { parseKeyring } from '#app/vault/keyring.ts';
import { BENCH_SECRET } from '#test/bench/load/plan.ts';
import { type RunningProgram, startProduct } from '#test/bench/world/programs.ts';
import type { InboxWorld } from '#test/bench/world/oracle.ts';
import { addShops } from '#test/bench/world/shops.ts';
import {
  createDatabase,
  createTemplate,
  type PostgresServer,
  type PostgresTemplate,
  startPostgres,
  type TestDatabase,
} from '#test/support/postgres.ts';

/** What is not PostgreSQL's default. Durability is: fsync, synchronous_commit and full_page_writes stay on. */
export const POSTGRES_SETTINGS = {
  shared_buffers: '1GB',
  max_wal_size: '8GB',
  checkpoint_timeout: '30min',
} as const;

/** The benchmark's own PostgreSQL. */
export interface BenchServer {
  readonly server: PostgresServer;
  /** A migrated database with this many active shops. */
  openWorld(shopCount: number): Promise<BenchWorld>;
  close(): Promise<void>;
}

/** A database as in production, and the means to start the programs on it. */
export interface BenchWorld extends InboxWorld {
  readonly database: TestDatabase;
  /** What the keyring was made from. */
  readonly keks: string;
  readonly server: PostgresServer;
  startEdge(): Promise<RunningProgram>;
  startWorker(): Promise<RunningProgram>;
  startWeb(): Promise<RunningProgram>;
  /** Empties what webhooks filled, and flushes, so that every round starts alike. */
  reset(): Promise<void>;
  /** Waits until the worker has nothing left to do. @returns how long that took. */
  untilApplied(timeoutMs?: number): Promise<number>;
  close(): Promise<void>;
}

/** @param options `directory` keeps the data; without it they go with the server. */
export async function startServer(options: { directory?: string } = {}): Promise<BenchServer> {
  const server = await startPostgres({ settings: POSTGRES_SETTINGS, ...options });
  const template = await createTemplate(server, QUEUES).catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  return {
    server,
    openWorld: (shopCount) => openWorld(server, template, shopCount),
    close: () => server.stop(),
  };
}

async function openWorld(server: PostgresServer, template: PostgresTemplate, shopCount: number): Promise<BenchWorld> {
  const database = await createDatabase(template);
  const pool = new pg.Pool({ connectionString: database.superuserUrl, max: 3 });
  // The gates end the server; the pool connects again.
  pool.on('error', () => undefined);
  const keks = `bench:${randomBytes(32).toString('base64')}`;
  const query = async <Row extends pg.QueryResultRow>(sql: string, params: unknown[] = []) =>
    (await pool.query<Row>(sql, params)).rows;
  const shopIds = await addShops(query, shopCount);
  const env = {
    DATABASE_URL: database.url,
    CART_INSIGHTS_KEKS: keks,
    SHOPIFY_API_KEY: 'benchmark-key-0123456789',
    SHOPIFY_API_SECRET: BENCH_SECRET,
    SHOPIFY_APP_URL: 'https://bench.example',
  };
  return {
    database,
    keyring: parseKeyring(keks),
    keks,
    server,
    shopIds,
    query,
    startEdge: () => startProduct('edge', env),
    startWorker: () => startProduct('worker', env),
    startWeb: () => startProduct('web', env),
    reset: async () => {
      await query(
        `TRUNCATE inbox.events, app.carts, app.cart_states, app.checkouts, app.orders, app.people,
           app.catalogue_variants, keys.subject_keys`,
      );
      await query('CHECKPOINT');
    },
    untilApplied: async (timeoutMs = 120_000) => {
      const since = performance.now();
      while ((await query('SELECT 1 FROM inbox.events WHERE pending LIMIT 1')).length > 0) {
        if (performance.now() - since > timeoutMs) throw new Error('The worker did not finish in time');
        await sleep(20);
      }
      return performance.now() - since;
    },
    close: async () => {
      await pool.end();
      await database.drop();
    },
  };
}
