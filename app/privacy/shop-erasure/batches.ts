import { destroySubjectKeys } from '#app/data/destroy-keys.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { TABLES_OF_A_SHOP } from '#app/privacy/shop-erasure/tables.ts';

/** Rows deleted in one transaction: a batch takes a moment and holds nothing that others wait for. */
const BATCH_ROWS = 1_000;

/** What is emptied, in order: keys first. */
export const STEPS: readonly string[] = ['keys.subject_keys', 'inbox.events', ...TABLES_OF_A_SHOP];

/** Deletes one batch; 0 when nothing of the shop is left in the table. @param tx bound to a shop that is marked as erased. */
export async function deleteBatch(tx: SqlTx, shopId: string, table: string): Promise<number> {
  switch (table) {
    case 'keys.subject_keys':
      return destroySubjectKeys(tx, shopId, BATCH_ROWS);
    case 'inbox.events':
      // What waits goes at once, since the day's key is not the shop's alone; the rows follow.
      await tx.query(
        `UPDATE inbox.events SET sealed = NULL, parked_ref = NULL, pending = false
         WHERE shop_id = $1 AND (sealed IS NOT NULL OR pending) AND topic NOT IN (13, 15, 16, 17)`,
        [shopId],
      );
      return countOf(await tx.query('SELECT app.redact_inbox($1::int) AS count', [BATCH_ROWS]));
    default:
      return countOf(await tx.query('SELECT app.redact_rows($1::regclass, $2::int) AS count', [table, BATCH_ROWS]));
  }
}

function countOf(rows: readonly unknown[]): number {
  return Number((rows[0] as { count?: unknown } | undefined)?.count ?? 0);
}

/** Adds to the numbers of a run, in the transaction of the batch: they are right whenever it is broken off. */
export async function addToRun(
  tx: SqlTx,
  shopId: string,
  requestId: string,
  { table, deleted, at }: { readonly table: string; readonly deleted: number; readonly at: Date },
): Promise<void> {
  await tx.query(
    `INSERT INTO app.erasure_runs (shop_id, request_id, erased_at, counts)
     VALUES ($1::uuid, $2::uuid, $3::timestamptz, jsonb_build_object($4::text, $5::int))
     ON CONFLICT (shop_id, request_id) DO UPDATE SET counts =
       erasure_runs.counts || jsonb_build_object($4::text, coalesce((erasure_runs.counts ->> $4::text)::int, 0) + $5::int)`,
    [shopId, requestId, at, table, deleted],
  );
}

/** How many rows of each table the erasure of a shop has deleted so far; null when it has not begun, or is of a person. */
export async function readDeleted(
  tx: SqlTx,
  shopId: string,
  requestId: string,
): Promise<Readonly<Record<string, number>> | null> {
  const [run] = await tx.query<{ counts: Record<string, number> }>(
    `SELECT u.counts FROM app.erasure_runs u JOIN app.privacy_requests r ON r.shop_id = u.shop_id AND r.id = u.request_id
     WHERE u.shop_id = $1::uuid AND u.request_id = $2::uuid AND r.kind = 'shop-erasure'`,
    [shopId, requestId],
  );
  return run?.counts ?? null;
}
