import { v7 as uuidv7 } from 'uuid';

import { retireAccessRecords } from '#app/access/log/retire.ts';
import type { KeyStore } from '#app/data/keys.ts';
import type { Database } from '#app/data/with-shop.ts';
import { withShop } from '#app/data/with-shop.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import type { InboxDayKeys } from '#app/ingest/day-keys.ts';
import { closeDays, type MaintenanceQuery, openDays } from '#app/ingest/days.ts';
import type { JobQueue } from '#app/jobs/queue.ts';
import type { JobHandlers } from '#app/jobs/runner.ts';
import type { RequestKind } from '#app/privacy/requests/kinds.ts';
import { kindOfRequest, requestsToWorkOn } from '#app/privacy/requests/read.ts';
import type { AppLog } from '#app/log.ts';
import { errorCode } from '#app/errors.ts';
import type { Mailer } from '#app/mail/mailer.ts';
import { findUntold, mayTell, tellOptOut } from '#app/privacy/choices/opt-out.ts';
import { readChoices } from '#app/privacy/choices/read-choices.ts';
import { closeUnverified } from '#app/privacy/individuals/close-unverified.ts';
import { writeDueNotices } from '#app/privacy/notices/notices.ts';
import { sendNotices } from '#app/privacy/notices/send.ts';
import { keepCopyClock } from '#app/privacy/package/clock.ts';
import { makePackage } from '#app/privacy/package/make.ts';
import { openOverdueErasure, overdueBefore } from '#app/privacy/shop-erasure/overdue.ts';
import { cutoffOf } from '#app/privacy/retention/plan.ts';
import { runRetention } from '#app/privacy/retention/run.ts';
import type { AdminApi } from '#app/shopify/admin.ts';
import { fetchVariants } from '#app/shopify/catalogue.ts';
import type { OfflineTokens } from '#app/shopify/offline-token.ts';
import { syncShopDetails } from '#app/shopify/shop-details.ts';
import type { Keyring } from '#app/vault/keyring.ts';
import { type AccessLogJobDeps, createAccessLogJobs } from '#app/worker/access-log-jobs.ts';
import type { ShopLists } from '#app/worker/shop-lists.ts';

export interface JobDeps extends AccessLogJobDeps, ShopLists {
  readonly db: Database;
  readonly admin: AdminApi;
  readonly tokens: OfflineTokens;
  readonly queue: JobQueue;
  readonly maintain: MaintenanceQuery;
  readonly keyring: Keyring;
  readonly dayKeys: InboxDayKeys;
  readonly now: () => Date;
  /** What works off a request, by its kind. What is missing waits for staff. */
  readonly requests: RequestWorkers;
  readonly keyStore: KeyStore;
  readonly log: AppLog;
  /** Null where the operator has no mail server. */
  readonly mailer: Mailer | null;
  readonly adminUrl: (shopDomain: string, path: string) => string;
}

/** Works off one request; called again after a crash, and for a request that is done it does nothing. */
export type RequestWorkers = Readonly<
  Partial<Record<RequestKind, (shopId: string, requestId: string) => Promise<void>>>
>;

/** What each job of app/jobs/definitions.ts does. */
export function createJobHandlers(deps: JobDeps): JobHandlers {
  const { db, admin, tokens, queue, maintain, keyring, dayKeys, now, log } = deps;
  const { activeShops, allShops, shopsWithRequests, shopsGoneSince, requests } = deps;
  const gate = { db, keyStore: deps.keyStore, clock: now };
  return {
    'inbox.days': async () => {
      await openDays(maintain, keyring, now());
      await closeDays(maintain, now());
      await dayKeys.load();
    },
    'sessions.keep-alive': async () => {
      for (const shopId of await activeShops()) {
        await withShop(db, shopId, (tx) => queue.add(sqlTxOfPrisma(tx), 'session.refresh', { shopId }));
      }
    },
    'session.refresh': async ({ shopId }) => {
      await tokens.get(shopId);
    },
    'privacy.copy': async ({ shopId, requestId, again, namesStaff }) => {
      await makePackage({ ...gate, inboxKeys: dayKeys }, shopId, requestId, { again, namesStaff });
    },
    'privacy.clock': (_data, signal) => keepRequestClocks(deps, signal),
    'retention.all': async () => {
      for (const shopId of await allShops()) {
        await withShop(db, shopId, (tx) => queue.add(sqlTxOfPrisma(tx), 'retention.run', { shopId }));
      }
    },
    'retention.run': async ({ shopId }, signal) => {
      const { terms } = await runRetention({ db, now, log }, shopId, { actor: 'system:schedule' }, signal);
      if (terms === null) return;
      const at = now();
      const retired = { before: cutoffOf(terms, 'accessLog', at), now: at, job: 'retention', requestId: uuidv7() };
      const result = await retireAccessRecords({ db, keyring }, shopId, retired);
      if (!result.ok) log.error('retention.access-log-stays', { shopId, reason: result.reason });
    },
    'shop.details': ({ shopId }, signal) => syncShopDetails({ db, admin, clock: now }, shopId, signal),
    'request.work': async ({ shopId, requestId }) => {
      const kind = await withShop(db, shopId, (tx) => kindOfRequest(sqlTxOfPrisma(tx), shopId, requestId));
      if (kind !== null) await requests[kind]?.(shopId, requestId);
    },
    'requests.sweep': async () => {
      for (const shopId of await shopsGoneSince(overdueBefore(now()))) {
        await withShop(db, shopId, (tx) => openOverdueErasure(sqlTxOfPrisma(tx), shopId, now()));
      }
      for (const shopId of await shopsWithRequests()) {
        await withShop(db, shopId, async (tx) => {
          const sql = sqlTxOfPrisma(tx);
          for (const requestId of await requestsToWorkOn(sql, shopId)) {
            await queue.add(sql, 'request.work', { shopId, requestId });
          }
        });
      }
    },
    'catalogue.fetch': (data, signal) => fetchVariants({ db, admin, clock: now }, data, signal),
    'choices.all': async () => {
      for (const shopId of await activeShops()) {
        await withShop(db, shopId, async (tx) => {
          await queue.add(sqlTxOfPrisma(tx), 'choices.read', { shopId });
          await queue.add(sqlTxOfPrisma(tx), 'choices.untold', { shopId });
        });
      }
    },
    'choices.untold': async ({ shopId }) => {
      await withShop(db, shopId, async (tx) => {
        if (!(await mayTell(tx, shopId))) return;
        for (const personId of await findUntold(tx, deps.keyStore, shopId)) {
          await queue.add(sqlTxOfPrisma(tx), 'choices.opt-out', { shopId, personId });
        }
      });
    },
    'choices.opt-out': ({ shopId, personId }, signal) => tellOptOut({ ...gate, admin }, shopId, personId, signal),
    'choices.read': async ({ shopId }, signal) => {
      if ((await readChoices({ ...gate, admin }, shopId, signal)) === 'done') return;
      await withShop(db, shopId, (tx) => queue.add(sqlTxOfPrisma(tx), 'choices.read', { shopId }));
    },
    ...createAccessLogJobs(deps),
  };
}

/** One shop after the other; what fails for one does not keep the others waiting. */
async function keepRequestClocks(deps: JobDeps, signal: AbortSignal): Promise<void> {
  const { db, keyStore, now, log, mailer, adminUrl } = deps;
  for (const shopId of await deps.shopsWithOpenRequests()) {
    if (signal.aborted) return;
    try {
      await keepCopyClock({ db, keyStore, clock: now, inboxKeys: deps.dayKeys }, shopId);
      await withShop(db, shopId, (tx) => closeUnverified(sqlTxOfPrisma(tx), shopId, now()));
      await withShop(db, shopId, (tx) => writeDueNotices(sqlTxOfPrisma(tx), shopId, now()));
      await sendNotices({ db, keyStore, mailer, adminUrl, clock: now }, shopId);
    } catch (error) {
      log.warn('privacy.clock-failed', { shopId, code: errorCode(error) });
    }
  }
}
