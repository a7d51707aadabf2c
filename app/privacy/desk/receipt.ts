import type { SqlTx } from '#app/data/sql-tx.ts';
import { isUuid } from '#app/data/uuid.ts';
import { checkReceipt, type ReceiptCheck } from '#app/privacy/receipts/check.ts';
import { factsOf, type ReceiptFacts } from '#app/privacy/receipts/facts.ts';
import { readReceipt } from '#app/privacy/receipts/issue.ts';

/** The installation's public keys, by their ids. */
export type PublicKeys = (tx: SqlTx) => Promise<ReadonlyMap<string, Buffer>>;

/** A receipt as the request's page shows it, with its text as it is downloaded. */
export interface ReceiptView extends ReceiptFacts {
  readonly text: string;
}

export async function readReceiptView(tx: SqlTx, shopId: string, requestId: string): Promise<ReceiptView | null> {
  const receipt = await readReceipt(tx, shopId, requestId);
  return receipt === null ? null : { ...factsOf(receipt.statement), text: `${JSON.stringify(receipt, null, 2)}\n` };
}

/** Whether the stored receipt is what this installation signed; null where there is none. */
export async function checkStoredReceipt(
  tx: SqlTx,
  shopId: string,
  requestId: string,
  publicKeys: PublicKeys,
): Promise<ReceiptCheck | null> {
  const receipt = isUuid(requestId) ? await readReceiptView(tx, shopId, requestId) : null;
  return receipt === null ? null : checkReceipt(receipt.text, await publicKeys(tx));
}
