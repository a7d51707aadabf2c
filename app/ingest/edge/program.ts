import pg from 'pg';

import { clockDifference } from '#app/data/clock-difference.ts';
import { poolConfig } from '#app/data/connection.ts';
import { checkKeyring } from '#app/data/kek-check.ts';
import { failureCode } from '#app/ingest/failure.ts';
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
import { VaultError } from '#app/vault/errors.ts';
import type { Keyring } from '#app/vault/keyring.ts';

/** Days are opened ahead, and those that were closed forgotten, this often. */
const KEEP_DAYS_MS = 60 * 60_000;
const REPORT_MS = 60_000;

export interface EdgeProgramOptions {
  readonly databaseUrl: string;
  readonly keyring: Keyring;
  readonly apiSecret: string;
  /** While the app's secret is rotated: the other one, by which Shopify signs before or after. */
  readonly otherApiSecret?: string | null;
  readonly log: AppLog;
  /** The wall clock; tests bring their own. */
  readonly now?: () => Date;
}

export interface EdgeProgram {
  readonly handle: EdgeHandler;
  readonly counters: Counters;
  /** Whether webhooks can be stored now. */
  readonly isHealthy: () => Promise<boolean>;
  /** Commits what waits, then ends. Call it when no request comes in any more. */
  close(): Promise<void>;
}

/**
 * Puts the edge together.
 *
 * @throws when the database is away, since an edge that never could store anything had better not start; VaultError when
 *   the keyring is not the one the database was written with.
 */
export async function createEdgeProgram(options: EdgeProgramOptions): Promise<EdgeProgram> {
  const { databaseUrl, keyring, apiSecret, otherApiSecret = null, log, now = () => new Date() } = options;
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
  const dayKeys = new InboxDayKeys(async (sql) => (await pool.query<DayKeyRow>(sql)).rows, keyring);
  const installations = new Installations(pool, config, log, () => now().getTime());
  try {
    await openDaysIfAllowed(options, pool);
    await dayKeys.load();
    await installations.start();
    const aheadMs = await clockDifference(pool, now());
    if (aheadMs !== 0) log.warn('clock.differs', { ageMs: aheadMs });
  } catch (error) {
    await pool.end();
    throw error;
  }
  const counters = new Counters();
  const committer = new Committer({
    store: (entries) => insertEntries(pool, entries),
    asDeadLetter: (entry, code) => toDeadLetter(dayKeys, entry, dayOf(now()), code),
    counters,
    log,
  });
  const signatureKeys = [apiSecret, otherApiSecret].filter((secret) => secret !== null).map(signatureKey);
  const deps = { signatureKeys, installations, dayKeys, committer, counters, pool, log };
  const handle = createEdgeHandler({ ...deps, now });

  const keepDays = setInterval(() => {
    openDaysIfAllowed(options, pool)
      .then(() => dayKeys.load())
      .catch(() => {
        log.warn('edge.days-not-loaded', {});
      });
  }, KEEP_DAYS_MS);
  const report = setInterval(reporter(counters, log), REPORT_MS);
  return {
    handle,
    counters,
    isHealthy: () =>
      // A standby, or a server that was made read-only, answers as well and stores nothing.
      pool.query<{ ok: boolean }>(`SELECT current_setting('transaction_read_only') = 'off' AS ok`).then(
        ({ rows }) => rows[0]?.ok === true,
        () => false,
      ),
    close: async () => {
      clearInterval(keepDays);
      clearInterval(report);
      await committer.drained();
      await installations.stop();
      await pool.end();
    },
  };
}

/**
 * The worker's schedule keeps days open a week ahead; an edge that starts first, or runs alone, cannot wait for it. Where
 * its login may not become `ci_maintenance` the days are left to the worker.
 *
 * @throws VaultError when the keyring is not the one the database was written with: a day's secret under such a key
 *   would be lost on everybody else.
 */
async function openDaysIfAllowed({ databaseUrl, keyring, log }: EdgeProgramOptions, pool: pg.Pool): Promise<void> {
  const client = new pg.Client(poolConfig(databaseUrl, 'ci_maintenance', { applicationName: 'cart-insights edge' }));
  client.on('error', () => undefined);
  try {
    await checkKeyring(pool, keyring);
    await client.connect();
    await openDays((sql, params) => client.query(sql, [...params]), keyring, new Date());
  } catch (error) {
    if (error instanceof VaultError) throw error;
    log.info('edge.days-left-to-worker', { code: failureCode(error) });
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
