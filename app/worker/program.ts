import pg from 'pg';

import { BootError } from '#app/boot.ts';
import { clockDifference } from '#app/data/clock-difference.ts';
import { poolConfig } from '#app/data/connection.ts';
import { checkKeyring } from '#app/data/kek-check.ts';
import { KeyStore } from '#app/data/keys.ts';
import { openDatabase } from '#app/data/with-shop.ts';
import { Applied } from '#app/ingest/apply/applied.ts';
import { applyShop } from '#app/ingest/apply/apply-shop.ts';
import { WorkerLoop } from '#app/ingest/apply/worker-loop.ts';
import { type DayKeyRow, InboxDayKeys } from '#app/ingest/day-keys.ts';
import { openDays } from '#app/ingest/days.ts';
import { openJobQueue } from '#app/jobs/queue.ts';
import { startJobs } from '#app/jobs/runner.ts';
import type { AppLog } from '#app/log.ts';
import { workErasure } from '#app/privacy/erasure/work-erasure.ts';
import { workObjection } from '#app/privacy/choices/work-objection.ts';
import { createMailer, type MailSettings } from '#app/mail/mailer.ts';
import { makePackage } from '#app/privacy/package/make.ts';
import { workShopErasure } from '#app/privacy/shop-erasure/work-shop-erasure.ts';
import { createAdminApi } from '#app/shopify/admin.ts';
import { OfflineTokens } from '#app/shopify/offline-token.ts';
import { SealedSessionStorage } from '#app/shopify/session-storage.ts';
import type { Keyring } from '#app/vault/keyring.ts';
import { VERSION } from '#app/version.ts';
import { createApplyHandlers } from '#app/worker/apply-handlers.ts';
import { createJobHandlers } from '#app/worker/jobs.ts';
import { shopLists } from '#app/worker/shop-lists.ts';

/** The days' secrets are looked up again this often. */
const RELOAD_DAYS_MS = 10 * 60_000;
const REPORT_MS = 60_000;

export interface WorkerProgramOptions {
  readonly databaseUrl: string;
  readonly keyring: Keyring;
  readonly shopify: { readonly apiKey: string; readonly apiSecret: string };
  /** The operator's mail server, where there is one. */
  readonly mail?: MailSettings | null;
  readonly log: AppLog;
  /** For how many days the operator keeps backups; null where they state nothing. */
  readonly backupDays?: number | null;
  /** Where signed checkpoints of the access logs are written. */
  readonly checkpointDirectory?: string | null;
}

export interface WorkerProgram {
  /** Whether it finds its work. */
  readonly isHealthy: () => boolean;
  stop(): Promise<void>;
}

/**
 * Puts the worker together: the apply loop (apply-handlers.ts says which feature hears which topic) and the jobs (jobs.ts).
 *
 * @throws when the database is away or the keyring is not the one the database was written with; BootError when the
 *   clocks differ, since the schedule removes by the clock.
 */
export async function startWorkerProgram(options: WorkerProgramOptions): Promise<WorkerProgram> {
  const { databaseUrl, keyring, log, mail = null, backupDays = null, checkpointDirectory = null } = options;
  const now = () => new Date();
  const config = (role: 'ci_app' | 'ci_dispatch' | 'ci_maintenance', max: number) =>
    poolConfig(databaseUrl, role, { applicationName: 'cart-insights worker', max });
  const pool = quiet(new pg.Pool(config('ci_app', 6)), log);
  const dispatchPool = quiet(new pg.Pool(config('ci_dispatch', 1)), log);
  const maintenancePool = quiet(new pg.Pool(config('ci_maintenance', 1)), log);
  const db = openDatabase({ url: databaseUrl, applicationName: 'cart-insights worker jobs', max: 4 });
  const keyStore = new KeyStore(keyring);
  await checkKeyring(pool, keyring);
  if ((await clockDifference(pool, now())) !== 0) {
    throw new BootError('The clocks of this machine and of the database are more than five minutes apart.');
  }

  const maintain = (sql: string, params: readonly unknown[]) => maintenancePool.query(sql, [...params]);
  await openDays(maintain, keyring, now());
  const dayKeys = new InboxDayKeys(async (sql) => (await dispatchPool.query<DayKeyRow>(sql)).rows, keyring);
  await dayKeys.load();

  const queue = await openJobQueue({ databaseUrl, log });
  const sessionStorage = new SealedSessionStorage({
    db,
    keyStore,
    log,
    now,
    // Jobs renew tokens; only a visit in the admin brings a first one, and that is the web program's.
    onTokenIssued: () => Promise.resolve(),
  });
  const { apiKey, apiSecret } = options.shopify;
  const tokens = new OfflineTokens({ db, sessionStorage, credentials: { apiKey, apiSecret }, log, now });
  const admin = createAdminApi({ tokens });
  const copyFor = async (shopId: string, requestId: string) => {
    await makePackage({ db, keyStore, clock: now, inboxKeys: dayKeys }, shopId, requestId);
  };
  const jobs = await startJobs({
    databaseUrl,
    log,
    handlers: createJobHandlers({
      db,
      admin,
      tokens,
      queue,
      maintain,
      keyring,
      dayKeys,
      now,
      ...shopLists(dispatchPool),
      requests: {
        access: copyFor,
        portability: copyFor,
        objection: async (shopId, requestId) => {
          await workObjection({ db, pool, keyStore, clock: now }, shopId, requestId);
        },
        'shop-erasure': async (shopId, requestId) => {
          await workShopErasure({ pool, keyStore, keyring, clock: now, backupDays }, shopId, requestId);
        },
        erasure: async (shopId, requestId) => {
          const deps = { db, pool, keyStore, keyring, inboxKeys: dayKeys, log, clock: now, backupDays };
          await workErasure(deps, shopId, requestId);
        },
      },
      keyStore,
      log,
      mailer: mail === null ? null : createMailer(mail),
      adminUrl: (domain, path) => `https://${domain}/admin/apps/${apiKey}${path}`,
      checkpointDirectory,
    }),
  });

  const handlers = createApplyHandlers({ keyStore, queue, log, now });
  // Every worker by itself: the hourly job runs in one of them only.
  const reload = setInterval(() => {
    dayKeys.load().catch(() => {
      log.warn('worker.days-not-loaded', {});
    });
  }, RELOAD_DAYS_MS);
  const applied = new Applied();
  const report = setInterval(() => {
    applied.report(log);
  }, REPORT_MS);
  const loop = new WorkerLoop({
    dispatchPool,
    listenConfig: config('ci_dispatch', 1),
    apply: (shopId) => applyShop({ pool, keyStore, inboxKeys: dayKeys, handlers, log, now, applied }, shopId),
    onKeysChanged: (shopId) => {
      if (shopId === null) keyStore.forgetAll();
      else keyStore.forget(shopId);
    },
    log,
  });
  await loop.start();
  log.info('worker.started', { version: VERSION });

  return {
    isHealthy: () => loop.isWell(),
    stop: async () => {
      clearInterval(reload);
      clearInterval(report);
      await loop.stop();
      applied.report(log);
      await jobs.stop();
      await queue.close();
      await Promise.all([pool.end(), dispatchPool.end(), maintenancePool.end(), db.close()]);
    },
  };
}

/** A pool tells of connections that broke while idle; without a listener that would end the program. */
function quiet(pool: pg.Pool, log: AppLog): pg.Pool {
  pool.on('error', () => {
    log.warn('database.connection-lost', {});
  });
  return pool;
}
