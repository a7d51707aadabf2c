import type { KeyStore } from '#app/data/keys.ts';
import type { ShopKeys } from '#app/data/shop-keys.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import type { ShopifyEvent } from '#app/ingest/apply/event.ts';

/** What applying a batch of one shop works with: its transaction, which holds the shop's lock, and its keys. */
export interface ApplyContext {
  readonly tx: SqlTx;
  readonly shopId: string;
  readonly keyStore: KeyStore;
  readonly keys: ShopKeys;
  /** ISO 4217; what amounts are in where a body does not say. */
  readonly shopCurrency: string | null;
  /** Whether anybody of this shop was ever erased; if not, nothing has to be looked up for that. */
  readonly hasForgotten: boolean;
  /** Whether anybody of this shop has refused something that is in force; if not, nothing has to be looked up for that. */
  readonly hasSuppressed: boolean;
  /**
   * Profile updates that came before the person did, taken off the shelf for these customers. A deletion that waits there
   * goes back in line, to be taken when the person is there.
   */
  takeParked(customerRefs: readonly Buffer[]): Promise<ShopifyEvent<'customers/update'>[]>;
  /** Puts what is about a person we do not know on the shelf; it goes with the day's partition. */
  park(event: ShopifyEvent<'customers/update' | 'customers/delete'>, customerRef: Buffer): void;
}
