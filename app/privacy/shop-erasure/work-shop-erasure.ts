import type { Pool } from 'pg';

import type { KeyStore } from '#app/data/keys.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { withShopSql } from '#app/data/with-shop.ts';
import { getErrorCode } from '#app/errors.ts';
import { dayOf } from '#app/ingest/days.ts';
import { issueReceipt } from '#app/privacy/receipts/issue.ts';
import { REGISTRY_VERSION } from '#app/privacy/receipts/registry-version.ts';
import { RECEIPT_FORMAT, type ReceiptStatement } from '#app/privacy/receipts/statement.ts';
import { finishRequest, type Mover } from '#app/privacy/requests/move.ts';
import { readRequest } from '#app/privacy/requests/read.ts';
import { addToRun, deleteBatch, STEPS } from '#app/privacy/shop-erasure/batches.ts';
import { beginShopErasure, type ShopErasureBegun } from '#app/privacy/shop-erasure/begin.ts';
import { KEPT_OF_A_SHOP } from '#app/privacy/shop-erasure/tables.ts';
import type { Keyring } from '#app/vault/keyring.ts';

export interface ShopErasureDeps {
  /** Acts as `ci_app`. */
  readonly pool: Pool;
  readonly keyStore: KeyStore;
  readonly keyring: Keyring;
  readonly clock: () => Date;
  readonly backupDays: number | null;
}

const ACTOR = 'system:privacy.shop-erasure';
const DAY_MS = 86_400_000;
/** A table that something else still points at is taken up again when that is gone; so often at most. */
const MAX_ROUNDS = 10;
/** SQLSTATE: another row points at it. */
const STILL_REFERENCED = '23503';

/**
 * Erases everything of a shop: its keys first, in the transaction that marks it, then its rows in small batches, each a
 * transaction of its own, so that other shops notice nothing. Broken off anywhere, it goes on from there when it is run again.
 */
export async function workShopErasure(
  { pool, keyStore, keyring, clock, backupDays }: ShopErasureDeps,
  shopId: string,
  requestId: string,
): Promise<ShopErasureBegun> {
  const inShop = <T>(work: (tx: SqlTx) => Promise<T>) => withShopSql(pool, shopId, work);
  const mover = (): Mover => ({ actor: ACTOR, at: clock() });
  const begun = await inShop((tx) => beginShopErasure(tx, shopId, requestId, mover()));
  if (begun !== 'erasing') return begun;
  keyStore.forget(shopId);

  let waiting: readonly string[] = STEPS;
  for (let round = 0; waiting.length > 0; round += 1) {
    if (round === MAX_ROUNDS) throw new Error('Something of the shop cannot be erased');
    const again: string[] = [];
    for (const table of waiting) if (!(await emptied(inShop, shopId, requestId, table, clock))) again.push(table);
    waiting = again;
  }
  await inShop(async (tx) => {
    await tx.query('SELECT app.redact_agreements() AS count');
    if ((await finishRequest(tx, shopId, requestId, mover())) !== 'moved') return;
    await issueReceipt(tx, keyring, shopId, await statementOf(tx, shopId, requestId, clock(), backupDays));
  });
  return 'erasing';
}

/** Empties a table batch by batch; false when something still points at its rows. */
async function emptied(
  inShop: <T>(work: (tx: SqlTx) => Promise<T>) => Promise<T>,
  shopId: string,
  requestId: string,
  table: string,
  clock: () => Date,
): Promise<boolean> {
  for (;;) {
    try {
      const deleted = await inShop(async (tx) => {
        const count = await deleteBatch(tx, shopId, table);
        await addToRun(tx, shopId, requestId, { table, deleted: count, at: clock() });
        return count;
      });
      if (deleted === 0) return true;
    } catch (error) {
      if (getErrorCode(error) === STILL_REFERENCED) return false;
      throw error;
    }
  }
}

async function statementOf(
  tx: SqlTx,
  shopId: string,
  requestId: string,
  now: Date,
  backupDays: number | null,
): Promise<ReceiptStatement> {
  const request = await readRequest(tx, shopId, requestId);
  const [row] = await tx.query<{ domain: string; erased_at: Date; counts: Record<string, number> }>(
    `SELECT s.domain, r.erased_at, r.counts FROM app.erasure_runs r JOIN app.shops s ON s.id = r.shop_id
     WHERE r.shop_id = $1::uuid AND r.request_id = $2::uuid`,
    [shopId, requestId],
  );
  if (request === null || row === undefined) throw new Error('The run is gone');
  const { id, source, topic, receivedAt, dueAt } = request;
  const deleted = Object.entries(row.counts);
  const tables = deleted
    .filter(([table]) => table.startsWith('app.'))
    .map(([table, before]) => ({ table, before, after: 0 }));
  return {
    format: RECEIPT_FORMAT,
    kind: 'shop-erasure',
    shop: row.domain,
    request: { id, source, topic, receivedAt: receivedAt.toISOString(), dueAt: dueAt.toISOString() },
    held: deleted.some(([, count]) => count > 0),
    erasedAt: row.erased_at.toISOString(),
    issuedAt: now.toISOString(),
    registry: REGISTRY_VERSION,
    tables,
    keysDestroyed: row.counts['keys.subject_keys'] ?? 0,
    tombstones: 0,
    inbox: { dropped: row.counts['inbox.events'] ?? 0, unopened: 0 },
    scan: null,
    blockedReturns: 0,
    copies: {
      // What waited in the inbox lost its payload at once; copies of the disk hold it until the day’s key is destroyed.
      lastInboxKeyGone: dayOf(new Date(row.erased_at.getTime() + 7 * DAY_MS)),
      lastBackupGone: backupDays === null ? null : dayOf(new Date(row.erased_at.getTime() + backupDays * DAY_MS)),
    },
    kept: KEPT_OF_A_SHOP,
  };
}
