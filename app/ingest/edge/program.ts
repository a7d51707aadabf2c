import pg from 'pg';

import { poolConfig } from '#app/data/connection.ts';
import { type DayKeyRow, InboxDayKeys } from '#app/ingest/day-keys.ts';
import { dayOf, openDays } from '#app/ingest/days.ts';
import { Committer } from '#app/ingest/edge/committer.ts';
import { Counters } from '#app/ingest/edge/counters.ts';
import { toDeadLetter } from '#app/ingest/edge/dead-letter.ts';
import { createEdgeHandler, type EdgeHandler } from '#app/ingest/edge/handler.ts';
import { insertEntries } from '#app/ingest/edge/insert.ts';
import { Installations } from '#app/ingest/edge/installations.ts';
import type { AppLog } from '#app/log.ts';
import { signatureKey } from '#app/shopify/webhook-signature.ts';
import type { Keyring } from '#app/vault/keyring.ts';

/** The days' secrets are looked up again this often, so that a day opened by another program is at hand. */
const RELOAD_DAYS_MS = 10 * 60_000;
const REPORT_MS = 60_000;

export interface EdgeProgramOptions {
  readonly databaseUrl: string;
  readonly keyring: Keyring;
  readonly apiSecret: string;
  readonly log: AppLog;
}

export interface EdgeProgram {
  readonly handle: EdgeHandler;
  readonly counters: Counters;
  /** Whether webhooks can be stored now. */
  isHealthy(): Promise<boolean>;
  /** Commits what waits, then ends. Call it when no request comes in any more. */
  close(): Promise<void>;
}

/**
 * Puts the edge together.
 *
 * @throws when the database is away: an edge that never could store anything had better not start.
 */
export async function createEdgeProgram(options: EdgeProgramOptions): Promise<EdgeProgram> {
  const { databaseUrl, keyring, apiSecret, log } = options;
  const config = poolConfig(databaseUrl, 'ci_edge', {
    applicationName: 'cart-insights edge',
    max: 4,
    connectTimeoutMs: 1_500,
    statementTimeoutMs: 2_500,
    idleTimeoutMs: 0,
  });
  // Shopify gives up on an answer after five seconds; a server that hangs does not time its own statements out.
  const pool = new pg.Pool({ ...config, query_timeout: 3_000 });
  pool.on('error', () => {
    log.warn('database.connection-lost', {});
  });
  await openDaysIfAllowed(options);

  const dayKeys = new InboxDayKeys(async (sql) => (await pool.query<DayKeyRow>(sql)).rows, keyring);
  await dayKeys.load();
  const installations = new Installations(pool, config, log);
  await installations.start();
  const counters = new Counters();
  const committer = new Committer({
    store: (entries) => insertEntries(pool, entries),
    asDeadLetter: (entry, code) => toDeadLetter(dayKeys, entry, dayOf(new Date()), code),
    counters,
    log,
  });
  const deps = { signatureKey: signatureKey(apiSecret), installations, dayKeys, committer, counters, pool, log };
  const handle = createEdgeHandler({ ...deps, now: () => new Date() });

  const reload = setInterval(() => {
    dayKeys.load().catch(() => {
      log.warn('edge.days-not-loaded', {});
    });
  }, RELOAD_DAYS_MS);
  const report = setInterval(reporter(counters, log), REPORT_MS);
  return {
    handle,
    counters,
    isHealthy: () =>
      pool.query('SELECT 1').then(
        () => true,
        () => false,
      ),
    close: async () => {
      clearInterval(reload);
      clearInterval(report);
      await committer.drained();
      await installations.stop();
      await pool.end();
    },
  };
}

/**
 * The worker's schedule keeps days open a week ahead; a first start cannot wait for it. Where the edge's login may not
 * become `ci_maintenance` it leaves the days to the worker.
 */
async function openDaysIfAllowed({ databaseUrl, keyring, log }: EdgeProgramOptions): Promise<void> {
  const client = new pg.Client(poolConfig(databaseUrl, 'ci_maintenance', { applicationName: 'cart-insights edge' }));
  try {
    await client.connect();
    await openDays((sql, params) => client.query(sql, [...params]), keyring, new Date());
  } catch {
    log.info('edge.days-left-to-worker', {});
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** One line a minute for each outcome that occurred. */
function reporter(counters: Counters, log: AppLog): () => void {
  let before: Readonly<Record<string, number>> = {};
  return () => {
    const after: Readonly<Record<string, number>> = counters.all();
    for (const [reason, count] of Object.entries(after)) {
      const added = count - (before[reason] ?? 0);
      if (added > 0) log.info('edge.webhooks', { reason, count: added });
    }
    before = after;
  };
}
