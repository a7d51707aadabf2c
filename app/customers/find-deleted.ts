import { customerRef } from '#app/customers/person-ref.ts';
import type { ApplyContext } from '#app/ingest/apply/context.ts';
import type { ShopifyEvent } from '#app/ingest/apply/event.ts';
import { getCustomerId } from '#app/shopify/person-claim.ts';

/**
 * Whether we hold a customer who was deleted in Shopify. Of strangers, and most of a shop's customers are, nothing is
 * recorded; should a late cart make one of them known, the deletion is still on the shelf.
 */
export async function findDeleted(
  { tx, shopId, keys }: ApplyContext,
  event: ShopifyEvent<'customers/delete'>,
): Promise<{ ref: Buffer; isKnown: boolean }> {
  const ref = customerRef(keys.lookupKey, getCustomerId(event.body) ?? event.body.id);
  const rows = await tx.query('SELECT 1 AS one FROM app.people WHERE shop_id = $1 AND customer_ref = $2', [
    shopId,
    ref,
  ]);
  return { ref, isKnown: rows.length > 0 };
}
