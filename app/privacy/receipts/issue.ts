import type { SqlTx } from '#app/data/sql-tx.ts';
import { signingKey } from '#app/data/signing-key.ts';
import { canonicalJson, type ReceiptStatement, type SignedReceipt } from '#app/privacy/receipts/statement.ts';
import type { Keyring } from '#app/vault/keyring.ts';

/** Signs and stores the receipt of a request: once, whoever comes second changes nothing. */
export async function issueReceipt(
  tx: SqlTx,
  keyring: Keyring,
  shopId: string,
  statement: ReceiptStatement,
): Promise<void> {
  const key = await signingKey(tx, keyring);
  const text = canonicalJson(statement);
  await tx.query(
    `INSERT INTO app.erasure_receipts (shop_id, request_id, issued_at, statement, key_id, signature)
     VALUES ($1::uuid, $2::uuid, $3::timestamptz, $4::text::jsonb, $5, decode($6, 'hex')) ON CONFLICT DO NOTHING`,
    [
      shopId,
      statement.request.id,
      new Date(statement.issuedAt),
      text,
      key.keyId,
      key.sign(Buffer.from(text)).toString('hex'),
    ],
  );
}

/** The receipt of a request, as it is downloaded; null where there is none yet. */
export async function readReceipt(tx: SqlTx, shopId: string, requestId: string): Promise<SignedReceipt | null> {
  const [row] = await tx.query<{ statement: ReceiptStatement; key_id: string; signature: string }>(
    `SELECT statement, key_id, encode(signature, 'base64') AS signature FROM app.erasure_receipts
     WHERE shop_id = $1::uuid AND request_id = $2::uuid`,
    [shopId, requestId],
  );
  return row === undefined
    ? null
    : { statement: row.statement, keyId: row.key_id, signature: row.signature.replaceAll('\n', '') };
}
