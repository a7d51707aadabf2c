import { customerRef, personRef, type PersonRef } from '#app/customers/person-ref.ts';
import type { ApplyContext } from '#app/ingest/apply/context.ts';
import type { ShopifyEvent } from '#app/ingest/apply/event.ts';
import { customerIdOfGid } from '#app/shopify/person-claim.ts';
import { supportCode } from '#app/vault/lookup.ts';

/**
 * Records that Shopify merged customers. Nothing is moved or sealed anew: the merged people keep their rows and take the
 * code of the customer who is kept, so that a shop's staff sees one customer. People who turn up later under the old id
 * get that code at once, so the order of the two does not matter.
 */
export async function recordMerges(
  context: ApplyContext,
  events: readonly ShopifyEvent<'customers/merge'>[],
): Promise<void> {
  const { keys } = context;
  for (const event of events) {
    // Shopify reports failed merges on the same topic.
    if ((event.body.status ?? 'completed').toLowerCase() !== 'completed') continue;
    const deletedId = customerIdOfGid(event.body.admin_graphql_api_customer_deleted_id);
    const keptId = customerIdOfGid(event.body.admin_graphql_api_customer_kept_id);
    if (deletedId === null || keptId === null) continue;
    await recordMerge(
      context,
      customerRef(keys.lookupKey, deletedId),
      customerRef(keys.lookupKey, keptId),
      event.triggeredAt ?? event.receivedAt,
    );
  }
}

/** Aliases always point at the customer who is kept in the end, however long the chain of merges is. */
async function recordMerge(
  { tx, shopId, keys }: ApplyContext,
  deletedRef: Buffer,
  keptRef: Buffer,
  mergedAt: Date,
): Promise<void> {
  const [further] = await tx.query<{ kept_ref: Buffer }>(
    'SELECT kept_ref FROM app.person_aliases WHERE shop_id = $1 AND deleted_ref = $2',
    [shopId, keptRef],
  );
  const finalRef = further?.kept_ref ?? keptRef;
  if (finalRef.equals(deletedRef)) return;
  await tx.query(
    `INSERT INTO app.person_aliases (shop_id, deleted_ref, kept_ref, merged_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (shop_id, deleted_ref) DO UPDATE SET kept_ref = excluded.kept_ref, merged_at = excluded.merged_at
       WHERE (person_aliases.merged_at, person_aliases.kept_ref) < (excluded.merged_at, excluded.kept_ref)`,
    [shopId, deletedRef, finalRef, mergedAt],
  );
  await tx.query('UPDATE app.person_aliases SET kept_ref = $3 WHERE shop_id = $1 AND kept_ref = $2', [
    shopId,
    deletedRef,
    finalRef,
  ]);
  await tx.query(
    `UPDATE app.people p SET support_code = $3 FROM app.person_aliases a
     WHERE p.shop_id = $1 AND a.shop_id = $1 AND a.kept_ref = $2 AND p.customer_ref = a.deleted_ref`,
    [shopId, finalRef, supportCode(keys.lookupKey, finalRef)],
  );
}

/** Whom customers were merged into, by reference key; those who were not are left out. */
export async function loadAliases(
  { tx, shopId }: ApplyContext,
  refs: readonly PersonRef[],
): Promise<Map<string, Buffer>> {
  const customers = refs.filter((ref) => ref.kind === 'customer').map((ref) => ref.bytes);
  if (customers.length === 0) return new Map();
  const rows = await tx.query<{ deleted_ref: Buffer; kept_ref: Buffer }>(
    'SELECT deleted_ref, kept_ref FROM app.person_aliases WHERE shop_id = $1 AND deleted_ref = ANY ($2::bytea[])',
    [shopId, customers],
  );
  return new Map(rows.map((row) => [personRef('customer', row.deleted_ref).key, row.kept_ref]));
}
