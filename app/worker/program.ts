import pg from 'pg';

import { BootError } from '#app/boot.ts';
import { applyCartEvents } from '#app/carts/apply/apply-cart-events.ts';
import { CART_TOPICS, PURCHASE_TOPICS } from '#app/carts/apply/effects.ts';
import { getCurrency } from '#app/carts/money.ts';
import { identifyPeople } from '#app/customers/identify.ts';
import { findDeleted } from '#app/customers/find-deleted.ts';
import { recordMerges } from '#app/customers/merge.ts';
import { poolConfig } from '#app/data/connection.ts';
import { clockDifference } from '#app/data/clock-difference.ts';
import { checkKeyring } from '#app/data/kek-check.ts';
import { KEYS_CHANNEL, KeyStore } from '#app/data/keys.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { openDatabase } from '#app/data/with-shop.ts';
import { admitBy } from '#app/ingest/apply/admission.ts';
import { Applied } from '#app/ingest/apply/applied.ts';
import { applyShop, type ApplyHandlers } from '#app/ingest/apply/apply-shop.ts';
import { type ShopifyEvent, eventsOf } from '#app/ingest/apply/event.ts';
import { WorkerLoop } from '#app/ingest/apply/worker-loop.ts';
import { type DayKeyRow, InboxDayKeys } from '#app/ingest/day-keys.ts';
import { openDays } from '#app/ingest/days.ts';
import { failureCode } from '#app/ingest/failure.ts';
import { openJobQueue, type JobQueue } from '#app/jobs/queue.ts';
import { startJobs } from '#app/jobs/runner.ts';
import type { AppLog } from '#app/log.ts';
import { workErasure } from '#app/privacy/erasure/work-erasure.ts';
import { keepUntied } from '#app/privacy/choices/keep-untied.ts';
import { hasPeopleToAskAbout } from '#app/privacy/choices/read-choices.ts';
import { workObjection } from '#app/privacy/choices/work-objection.ts';
import { stayForgotten } from '#app/privacy/forgotten/stay-forgotten.ts';
import { createMailer, type MailSettings } from '#app/mail/mailer.ts';
import { makePackage } from '#app/privacy/package/make.ts';
import { recordComplianceRequest, type RequestEvent } from '#app/privacy/requests/record.ts';
import { workShopErasure } from '#app/privacy/shop-erasure/work-shop-erasure.ts';
import { expiredOnArrival } from '#app/privacy/retention/expired-on-arrival.ts';
import { createAdminApi } from '#app/shopify/admin.ts';
import { claimMissingVariants, MAX_VARIANTS } from '#app/shopify/catalogue.ts';
import { applyGrantedScopes, applyShopUpdate, recordUninstallation } from '#app/shopify/installation.ts';
import { getMoneyFormat, getTimeZone } from '#app/shopify/shop-values.ts';
import { OfflineTokens } from '#app/shopify/offline-token.ts';
import { SealedSessionStorage } from '#app/shopify/session-storage.ts';
import { eventTime } from '#app/shopify/stamp.ts';
import type { Keyring } from '#app/vault/keyring.ts';
import { VERSION } from '#app/version.ts';
import { createJobHandlers } from '#app/worker/jobs.ts';

/** The days' secrets are looked up again this often. */
const RELOAD_DAYS_MS = 10 * 60_000;
const REPORT_MS = 60_000;
/** Shops whose requests are asked for in one go; the next sweep takes the others. */
const SHOPS_A_SWEEP = 1_000;

export interface WorkerProgramOptions {
  readonly databaseUrl: string;
  readonly keyring: Keyring;
  readonly shopify: { readonly apiKey: string; readonly apiSecret: string; readonly appUrl: string };
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
 * Puts the worker together: which feature hears which topic, and what the schedule does.
 *
 * @throws when the database is away or the keyring is not the one the database was written with; BootError when the
 *   clocks differ, since the schedule removes by the clock.
 */
export async function startWorkerProgram(options: WorkerProgramOptions): Promise<WorkerProgram> {
  const { databaseUrl, keyring, log } = options;
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
      activeShops: async () => {
        const { rows } = await dispatchPool.query<{ shop_id: string }>(
          'SELECT shop_id FROM inbox.installations() WHERE active',
        );
        return rows.map((row) => row.shop_id);
      },
      shopsWithRequests: async () => {
        const { rows } = await dispatchPool.query<{ shop_id: string }>(
          'SELECT shop_id FROM app.shops_with_requests($1)',
          [SHOPS_A_SWEEP],
        );
        return rows.map((row) => row.shop_id);
      },
      shopsGoneSince: async (before) => {
        const { rows } = await dispatchPool.query<{ shop_id: string }>(
          'SELECT shop_id FROM app.shops_gone_since($1, $2)',
          [before, SHOPS_A_SWEEP],
        );
        return rows.map((row) => row.shop_id);
      },
      requests: {
        access: copyFor,
        portability: copyFor,
        objection: async (shopId, requestId) => {
          await workObjection({ db, pool, keyStore, clock: now }, shopId, requestId);
        },
        'shop-erasure': async (shopId, requestId) => {
          const backupDays = options.backupDays ?? null;
          await workShopErasure({ pool, keyStore, keyring, clock: now, backupDays }, shopId, requestId);
        },
        erasure: async (shopId, requestId) => {
          await workErasure(
            {
              db,
              pool,
              keyStore,
              keyring,
              inboxKeys: dayKeys,
              log,
              clock: now,
              backupDays: options.backupDays ?? null,
            },
            shopId,
            requestId,
          );
        },
      },
      keyStore,
      log,
      mailer: options.mail == null ? null : createMailer(options.mail),
      adminUrl: (domain, path) => `https://${domain}/admin/apps/${apiKey}${path}`,
      shopsWithOpenRequests: async () => {
        const { rows } = await dispatchPool.query<{ shop_id: string }>(
          'SELECT shop_id FROM app.shops_with_open_requests()',
        );
        return rows.map((row) => row.shop_id);
      },
      allShops: async () => {
        const { rows } = await dispatchPool.query<{ shop_id: string }>('SELECT shop_id FROM inbox.installations()');
        return rows.map((row) => row.shop_id);
      },
      checkpointDirectory: options.checkpointDirectory ?? null,
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
    channels: [KEYS_CHANNEL],
    onNotice: (_channel, shopId) => {
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

export interface ApplyHandlerDeps {
  readonly keyStore: KeyStore;
  readonly queue: JobQueue;
  readonly log: AppLog;
  readonly now: () => Date;
}

/** Which feature hears which topic. */
export function createApplyHandlers(deps: ApplyHandlerDeps): ApplyHandlers {
  const { keyStore, queue, now } = deps;
  const admit = admitBy(stayForgotten(now), keepUntied(now), expiredOnArrival(deps));
  const recordRequest = async (tx: SqlTx, shopId: string, event: RequestEvent) => {
    const requestId = await recordComplianceRequest(tx, keyStore, shopId, event);
    if (requestId !== null) await queue.add(tx, 'request.work', { shopId, requestId });
  };
  return {
    exempt: async (tx, shopId, event) => {
      if (event.topic === 'app/uninstalled') await recordUninstallation(tx, shopId, event);
      else await recordRequest(tx, shopId, event);
    },
    batch: async (context, received) => {
      const { tx, shopId } = context;
      const events = await admit(context, received);
      await recordShopEvents(tx, shopId, events);
      if (eventsOf(events, 'app/scopes_update').length > 0) {
        // An older message may have come after a newer one: Shopify is asked what is granted now.
        await queue.add(tx, 'shop.details', { shopId });
        // What could not be told to Shopify may be allowed by now.
        await queue.add(tx, 'choices.untold', { shopId });
      }
      await recordMerges(context, eventsOf(events, 'customers/merge'));
      const { variantIds } = await applyCartEvents(
        context,
        eventsOf(events, ...CART_TOPICS),
        eventsOf(events, 'customers/update'),
        identifyPeople,
      );
      for (const event of eventsOf(events, 'customers/delete')) {
        const { ref, isKnown } = await findDeleted(context, event);
        if (isKnown) await recordRequest(tx, shopId, event);
        else context.park(event, ref);
      }
      await askForPictures(deps, tx, shopId, variantIds);
      if (eventsOf(events, ...PURCHASE_TOPICS).length > 0) await askForChoices(deps, tx, shopId);
    },
  };
}

/** Pictures are nice to have: whatever goes wrong with them, the carts are applied. */
function askForPictures(
  deps: ApplyHandlerDeps,
  tx: SqlTx,
  shopId: string,
  variantIds: readonly string[],
): Promise<void> {
  return aside(deps, tx, shopId, 'catalogue.not-asked', async () => {
    const missing = await claimMissingVariants(tx, shopId, variantIds, deps.now());
    for (let start = 0; start < missing.length; start += MAX_VARIANTS) {
      await deps.queue.add(tx, 'catalogue.fetch', { shopId, variantIds: missing.slice(start, start + MAX_VARIANTS) });
    }
  });
}

/** Whoever is known since a moment ago is asked about at once. Should that fail, the daily run asks; nothing leaves meanwhile. */
function askForChoices(deps: ApplyHandlerDeps, tx: SqlTx, shopId: string): Promise<void> {
  return aside(deps, tx, shopId, 'choices.not-asked', async () => {
    if (await hasPeopleToAskAbout(tx, shopId)) await deps.queue.add(tx, 'choices.read', { shopId });
  });
}

/** Work whose failure does not cost the batch. */
async function aside(
  { log }: ApplyHandlerDeps,
  tx: SqlTx,
  shopId: string,
  complaint: 'catalogue.not-asked' | 'choices.not-asked',
  work: () => Promise<void>,
): Promise<void> {
  await tx.query('SAVEPOINT aside');
  try {
    await work();
    await tx.query('RELEASE SAVEPOINT aside');
  } catch (error) {
    await tx.query('ROLLBACK TO SAVEPOINT aside');
    log.warn(complaint, { shopId, code: failureCode(error) });
  }
}

async function recordShopEvents(tx: SqlTx, shopId: string, events: readonly ShopifyEvent[]): Promise<void> {
  for (const event of eventsOf(events, 'shop/update')) {
    const { currency, iana_timezone: timeZone, money_format: moneyFormat, updated_at: updatedAt } = event.body;
    await applyShopUpdate(tx, shopId, {
      currency: getCurrency(currency),
      timeZone: getTimeZone(timeZone),
      moneyFormat: getMoneyFormat(moneyFormat),
      updatedAt: eventTime(updatedAt, event).changedAt,
    });
  }
  for (const event of eventsOf(events, 'app/scopes_update')) {
    const { current, updated_at: updatedAt } = event.body;
    await applyGrantedScopes(tx, shopId, {
      grantedScopes: current,
      saidAt: eventTime(updatedAt, event).changedAt,
    });
  }
}

/** A pool tells of connections that broke while idle; without a listener that would end the program. */
function quiet(pool: pg.Pool, log: AppLog): pg.Pool {
  pool.on('error', () => {
    log.warn('database.connection-lost', {});
  });
  return pool;
}
