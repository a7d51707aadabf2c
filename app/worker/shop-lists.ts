import type { Pool } from 'pg';

/** Shops whose requests are asked for in one go; the next sweep takes the others. */
const SHOPS_A_SWEEP = 1_000;

/** The ids of the shops that the schedule goes over. */
export interface ShopLists {
  /** Shops that are installed and onboarded. */
  readonly activeShops: () => Promise<string[]>;
  /** Every shop that has ever spoken to us, whatever its state: a log outlives the installation. */
  readonly allShops: () => Promise<string[]>;
  /** Shops with a request by law that waits for a job, whatever their state. */
  readonly shopsWithRequests: () => Promise<string[]>;
  /** Shops that went before this time and whose erasure nobody asked for. */
  readonly shopsGoneSince: (before: Date) => Promise<string[]>;
  /** Shops with an open request or a copy that lies ready. */
  readonly shopsWithOpenRequests: () => Promise<string[]>;
}

/** Asks the database. @param dispatchPool as `ci_dispatch`, which sees ids and no contents. */
export function shopLists(dispatchPool: Pool): ShopLists {
  const list = async (sql: string, ...params: unknown[]): Promise<string[]> => {
    const { rows } = await dispatchPool.query<{ shop_id: string }>(sql, params);
    return rows.map((row) => row.shop_id);
  };
  return {
    activeShops: () => list('SELECT shop_id FROM inbox.installations() WHERE active'),
    allShops: () => list('SELECT shop_id FROM inbox.installations()'),
    shopsWithRequests: () => list('SELECT shop_id FROM app.shops_with_requests($1)', SHOPS_A_SWEEP),
    shopsGoneSince: (before) => list('SELECT shop_id FROM app.shops_gone_since($1, $2)', before, SHOPS_A_SWEEP),
    shopsWithOpenRequests: () => list('SELECT shop_id FROM app.shops_with_open_requests()'),
  };
}
