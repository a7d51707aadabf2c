import type { SqlTx } from '#app/data/sql-tx.ts';
import type { ErasureTargets } from '#app/privacy/erasure/erase-rows.ts';

/** The look-up references of what will be gone: what its tombstones are made of. */
export async function refsOfTargets(
  tx: SqlTx,
  shopId: string,
  { cartIds, checkoutIds, orderIds }: Omit<ErasureTargets, 'customerRefs'>,
): Promise<Readonly<Record<'carts' | 'checkouts' | 'orders', readonly Buffer[]>>> {
  const [row] = await tx.query<{ carts: string[]; checkouts: string[]; orders: string[] }>(
    `SELECT
       ARRAY(SELECT encode(token_ref, 'hex') FROM app.carts WHERE shop_id = $1::uuid AND id = ANY ($2::uuid[])) AS carts,
       ARRAY(SELECT encode(token_ref, 'hex') FROM app.checkouts WHERE shop_id = $1::uuid AND id = ANY ($3::uuid[])) AS checkouts,
       ARRAY(SELECT encode(order_ref, 'hex') FROM app.orders WHERE shop_id = $1::uuid AND id = ANY ($4::uuid[])) AS orders`,
    [shopId, cartIds, checkoutIds, orderIds],
  );
  const bytes = (refs: readonly string[] = []) => refs.map((ref) => Buffer.from(ref, 'hex'));
  return { carts: bytes(row?.carts), checkouts: bytes(row?.checkouts), orders: bytes(row?.orders) };
}
