import type { Database } from '#app/data/with-shop.ts';
import { withShop } from '#app/data/with-shop.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import type { InboxDayKeys } from '#app/ingest/day-keys.ts';
import { closeDays, type MaintenanceQuery, openDays } from '#app/ingest/days.ts';
import type { JobQueue } from '#app/jobs/queue.ts';
import type { JobHandlers } from '#app/jobs/runner.ts';
import type { RequestKind } from '#app/privacy/requests/kinds.ts';
import { kindOfRequest, requestsToWorkOn } from '#app/privacy/requests/read.ts';
import type { AdminApi } from '#app/shopify/admin.ts';
import { fetchVariants } from '#app/shopify/catalogue.ts';
import type { OfflineTokens } from '#app/shopify/offline-token.ts';
import { syncShopDetails } from '#app/shopify/shop-details.ts';
import type { Keyring } from '#app/vault/keyring.ts';

export interface JobDeps {
  readonly db: Database;
  readonly admin: AdminApi;
  readonly tokens: OfflineTokens;
  readonly queue: JobQueue;
  readonly maintain: MaintenanceQuery;
  readonly keyring: Keyring;
  readonly dayKeys: InboxDayKeys;
  readonly now: () => Date;
  /** Shops that are installed and onboarded. */
  readonly activeShops: () => Promise<string[]>;
  /** Shops with a request by law that waits for a job, whatever their state. */
  readonly shopsWithRequests: () => Promise<string[]>;
  /** What works off a request, by its kind. What is missing waits for staff. */
  readonly requests: RequestWorkers;
}

/** Works off one request; called again after a crash, and for a request that is done it does nothing. */
export type RequestWorkers = Readonly<
  Partial<Record<RequestKind, (shopId: string, requestId: string) => Promise<void>>>
>;

/** What each job of app/jobs/definitions.ts does. */
export function createJobHandlers(deps: JobDeps): JobHandlers {
  const { db, admin, tokens, queue, maintain, keyring, dayKeys, now, activeShops, shopsWithRequests, requests } = deps;
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
    'shop.details': ({ shopId }, signal) => syncShopDetails({ db, admin, clock: now }, shopId, signal),
    'request.work': async ({ shopId, requestId }) => {
      const kind = await withShop(db, shopId, (tx) => kindOfRequest(sqlTxOfPrisma(tx), shopId, requestId));
      if (kind !== null) await requests[kind]?.(shopId, requestId);
    },
    'requests.sweep': async () => {
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
  };
}
