import type { SqlTx } from '#app/data/sql-tx.ts';

/**
 * Takes the shop's lock for the rest of the transaction if nobody holds it.
 *
 * Whoever writes people or carts of a shop holds it: the worker's apply step, erasure, link changes, back-fill. One
 * shop is thereby changed by one of them at a time.
 */
export async function tryShopLock(tx: SqlTx, shopId: string): Promise<boolean> {
  const rows = await tx.query<{ locked: boolean }>(
    'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS locked',
    [lockName(shopId)],
  );
  return rows[0]?.locked === true;
}

/** {@link tryShopLock} for work that waits its turn: a batch under way is done in a moment. */
export async function takeShopLock(tx: SqlTx, shopId: string): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))::text', [lockName(shopId)]);
}

function lockName(shopId: string): string {
  return `shop.apply:${shopId}`;
}

/** For how long {@link waitForShopLock} waits. The worker holds the lock for one batch at a time, well under a second. */
const LOCK_TIMEOUT = '10s';

/**
 * Takes the shop's lock for the rest of the transaction, waiting in line behind who holds it: the worker only ever tries,
 * so whoever waits comes next.
 *
 * @throws the database's error 55P03 when the lock was not to be had in time.
 */
export async function waitForShopLock(tx: SqlTx, shopId: string): Promise<void> {
  await tx.query(`SELECT set_config('lock_timeout', $1, true) AS set`, [LOCK_TIMEOUT]);
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))::text AS locked', [lockName(shopId)]);
}
