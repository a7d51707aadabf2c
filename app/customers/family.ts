import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import type { ShopTx } from '#app/data/with-shop.ts';

/**
 * The people that are one customer: Shopify has merged them, we keep their rows apart (merge.ts). Whoever stands alone is
 * a family of one; somebody who does not exist, or not in this shop, is of none.
 */
export async function familyOf(tx: ShopTx, shopId: string, personId: string): Promise<string[]> {
  const rows = await sqlTxOfPrisma(tx).query<{ id: string }>(
    `WITH me AS (
       SELECT p.id, p.customer_ref, coalesce(a.kept_ref, p.customer_ref) AS kept
       FROM app.people p LEFT JOIN app.person_aliases a ON a.shop_id = p.shop_id AND a.deleted_ref = p.customer_ref
       WHERE p.shop_id = $1::uuid AND p.id = $2::uuid)
     SELECT id FROM me
     UNION
     SELECT p.id FROM me JOIN app.people p ON p.shop_id = $1::uuid AND p.customer_ref = me.kept
     UNION
     SELECT p.id FROM me
       JOIN app.person_aliases a ON a.shop_id = $1::uuid AND a.kept_ref = me.kept
       JOIN app.people p ON p.shop_id = $1::uuid AND p.customer_ref = a.deleted_ref`,
    [shopId, personId],
  );
  return rows.map(({ id }) => id).sort();
}
