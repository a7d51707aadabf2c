import type { Database } from '#app/data/with-shop.ts';
import { withShop } from '#app/data/with-shop.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import type { InboxDayKeys } from '#app/ingest/day-keys.ts';
import { closeDays, type MaintenanceQuery, openDays } from '#app/ingest/days.ts';
import type { JobQueue } from '#app/jobs/queue.ts';
import type { JobHandlers } from '#app/jobs/runner.ts';
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
}

/** What each job of app/jobs/definitions.ts does. */
export function createJobHandlers(deps: JobDeps): JobHandlers {
  const { db, admin, tokens, queue, maintain, keyring, dayKeys, now, activeShops } = deps;
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
    'catalogue.fetch': (data, signal) => fetchVariants({ db, admin, clock: now }, data, signal),
  };
}
