import { v7 as uuidv7 } from 'uuid';

import type { SqlTx } from '#app/data/sql-tx.ts';
import { insertRequest } from '#app/privacy/requests/insert.ts';

/** A shop that went and of which Shopify never said `shop/redact` is erased by itself after this long. */
const ERASED_AFTER_DAYS = 30;

/** When a shop must have gone for its erasure to be due now. */
export function overdueBefore(now: Date): Date {
  return new Date(now.getTime() - ERASED_AFTER_DAYS * 86_400_000);
}

/**
 * Opens the erasure of a shop that is gone long enough, unless one is open.
 *
 * @returns its id, or null when the shop is back or its erasure is under way.
 */
export async function openOverdueErasure(tx: SqlTx, shopId: string, now: Date): Promise<string | null> {
  const [overdue] = await tx.query(
    `SELECT 1 AS one FROM app.shops s WHERE s.id = $1::uuid AND s.status = 'uninstalled' AND s.uninstalled_at < $2::timestamptz
       AND NOT EXISTS (SELECT FROM app.privacy_requests r
         WHERE r.shop_id = s.id AND r.kind = 'shop-erasure' AND r.finished_at IS NULL)
     FOR UPDATE OF s`,
    [shopId, overdueBefore(now)],
  );
  if (overdue === undefined) return null;
  const id = uuidv7();
  await insertRequest(tx, shopId, {
    id,
    kind: 'shop-erasure',
    source: 'clock',
    regime: 'shopify',
    scope: null,
    receivedAt: now,
    topic: null,
    bodyDigest: null,
    webhookId: null,
    triggeredAt: null,
    held: true,
    sealed: null,
    actor: 'system:privacy.shop-erasure',
  });
  return id;
}
