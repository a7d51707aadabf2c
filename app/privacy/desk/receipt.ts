import type { SqlTx } from '#app/data/sql-tx.ts';
import { checkReceipt, type ReceiptCheck } from '#app/privacy/receipts/check.ts';
import { readReceipt } from '#app/privacy/receipts/issue.ts';
import type { ReceiptStatement } from '#app/privacy/receipts/statement.ts';

/** The installation's public keys, by their ids. */
export type PublicKeys = (tx: SqlTx) => Promise<ReadonlyMap<string, Buffer>>;

/** A receipt as the request's page shows it, with its text as it is downloaded. */
export interface ReceiptView extends Pick<ReceiptStatement, 'tables' | 'keysDestroyed' | 'blockedReturns'> {
  readonly erasedAtMs: number | null;
  readonly scan: { readonly hits: number; readonly compared: number } | null;
  readonly lastInboxKeyGone: string | null;
  readonly lastBackupGone: string | null;
  readonly text: string;
}

export async function readReceiptView(tx: SqlTx, shopId: string, requestId: string): Promise<ReceiptView | null> {
  const receipt = await readReceipt(tx, shopId, requestId);
  if (receipt === null) return null;
  const { tables, keysDestroyed, blockedReturns, erasedAt, scan, copies } = receipt.statement;
  return {
    tables: tables.filter(({ before, after }) => before + after > 0),
    keysDestroyed,
    blockedReturns,
    erasedAtMs: erasedAt === null ? null : Date.parse(erasedAt),
    scan: scan === null ? null : { hits: scan.hits, compared: scan.compared },
    lastInboxKeyGone: copies.lastInboxKeyGone,
    lastBackupGone: copies.lastBackupGone,
    text: `${JSON.stringify(receipt, null, 2)}\n`,
  };
}

/** Whether the stored receipt is what this installation signed; null where there is none. */
export async function checkStoredReceipt(
  tx: SqlTx,
  shopId: string,
  requestId: string,
  publicKeys: PublicKeys,
): Promise<ReceiptCheck | null> {
  const receipt = await readReceiptView(tx, shopId, requestId);
  return receipt === null ? null : checkReceipt(receipt.text, await publicKeys(tx));
}
