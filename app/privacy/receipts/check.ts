import { z } from 'zod';

import { hasPlainNames } from '#app/privacy/receipts/names.ts';
import { canonicalJson, RECEIPT_FORMAT } from '#app/privacy/receipts/statement.ts';
import { isSignedBy } from '#app/vault/signing.ts';

/** Loose, so that what was added to a receipt of ours counts as a change of it. */
const receipt = z.looseObject({
  statement: z.looseObject({ format: z.literal(RECEIPT_FORMAT) }),
  keyId: z.string().regex(/^[0-9a-f]{16}$/),
  signature: z.base64().max(200),
});

const PARTS: readonly string[] = Object.keys(receipt.shape);

/**
 * - `genuine`: signed by this installation, and not a byte of what it states was changed; nothing stands beside it.
 * - `changed`: it names one of our keys and is not what that key signed.
 * - `unknown-key`: signed, if at all, by somebody else.
 * - `no-receipt`: not a receipt of this format.
 */
export type ReceiptCheck = 'genuine' | 'changed' | 'unknown-key' | 'no-receipt';

/** Longest text that is looked at. */
export const MAX_RECEIPT_CHARS = 100_000;

/** Checks the text of a receipt against the installation's public keys. Nothing is looked up: the receipt says it all. */
export function checkReceipt(text: string, publicKeys: ReadonlyMap<string, Buffer>): ReceiptCheck {
  const parsed = receipt.safeParse(text.length > MAX_RECEIPT_CHARS ? null : parseJson(text));
  if (!parsed.success) return 'no-receipt';
  const { statement, keyId, signature } = parsed.data;
  const publicKey = publicKeys.get(keyId);
  if (publicKey === undefined) return 'unknown-key';
  if (!Object.keys(parsed.data).every((name) => PARTS.includes(name)) || !hasPlainNames(text)) return 'changed';
  const canonical = getCanonical(statement);
  return canonical !== null && isSignedBy(publicKey, Buffer.from(canonical), Buffer.from(signature, 'base64'))
    ? 'genuine'
    : 'changed';
}

function getCanonical(statement: unknown): string | null {
  try {
    return canonicalJson(statement);
  } catch {
    return null;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
