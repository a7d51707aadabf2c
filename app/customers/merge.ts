import { customerRef } from '#app/customers/person-ref.ts';
import type { ApplyContext } from '#app/ingest/apply/context.ts';
import type { ShopifyEvent } from '#app/ingest/apply/event.ts';
import { customerIdOfGid } from '#app/shopify/person-claim.ts';

/**
 * Records that Shopify merged customers: what is stored under the old id belongs to the kept one from then on. Nothing
 * is moved; whoever looks a person up follows the alias. Said twice, the later merge stands.
 */
export async function recordMerges(
  context: ApplyContext,
  events: readonly ShopifyEvent<'customers/merge'>[],
): Promise<void> {
  const { tx, shopId, keys } = context;
  for (const event of events) {
    const deletedId = customerIdOfGid(event.body.admin_graphql_api_customer_deleted_id);
    const keptId = customerIdOfGid(event.body.admin_graphql_api_customer_kept_id);
    // Shopify reports failed merges on the same topic.
    if ((event.body.status ?? 'completed').toLowerCase() !== 'completed') continue;
    if (deletedId === null || keptId === null || deletedId === keptId) continue;
    await tx.query(
      `INSERT INTO app.person_aliases (shop_id, deleted_ref, kept_ref, merged_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (shop_id, deleted_ref) DO UPDATE SET kept_ref = excluded.kept_ref, merged_at = excluded.merged_at
         WHERE (person_aliases.merged_at, person_aliases.kept_ref) < (excluded.merged_at, excluded.kept_ref)`,
      [
        shopId,
        customerRef(keys.lookupKey, deletedId),
        customerRef(keys.lookupKey, keptId),
        event.triggeredAt ?? event.receivedAt,
      ],
    );
  }
}
