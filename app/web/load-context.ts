import type { RateLimits } from '#app/access/rate-limits.ts';
import type { KeyStore } from '#app/data/keys.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import type { Database } from '#app/data/with-shop.ts';
import type { JobQueue } from '#app/jobs/queue.ts';
import type { AppLog } from '#app/log.ts';
import type { Pace } from '#app/privacy/individuals/pace.ts';
import type { Shopify } from '#app/shopify/app.ts';
import type { Keyring } from '#app/vault/keyring.ts';

/** What every loader and action finds in its `context`; made once, when the program starts. */
export interface WebContext {
  readonly db: Database;
  readonly keyStore: KeyStore;
  /** Checks and makes signatures of the access log. */
  readonly keyring: Keyring;
  readonly shopify: Shopify;
  readonly jobs: JobQueue;
  readonly log: AppLog;
  readonly clock: () => Date;
  readonly limits: RateLimits;
  /** How many forms the public page takes from everybody together, and how soon it answers one. */
  readonly publicPace: Pace;
  readonly publicPatience: () => Promise<unknown>;
  /** The keys with which this installation's receipts are checked; each is unwrapped once. */
  readonly publicKeys: (tx: SqlTx) => Promise<ReadonlyMap<string, Buffer>>;
  /** What a page may know of the settings. */
  readonly settings: { readonly apiKey: string; readonly appUrl: string };
}

declare module '@remix-run/server-runtime' {
  /** What loaders and actions return reaches the page as it is (vite.config.ts turns it on). */
  interface Future {
    v3_singleFetch: true;
  }
  interface AppLoadContext extends WebContext {
    /** UUIDv7; names the request in the log, in access records and on the error page. */
    readonly requestId: string;
    /** The network that asks (client-address.ts), for counting only: never stored, never logged. */
    readonly clientAddress: string;
  }
}
