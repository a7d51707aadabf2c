import { loadCheckouts, loadOrders, type StoreContext } from '#app/carts/apply/load.ts';
import type { PurchaseRow } from '#app/carts/apply/rows.ts';
import { saveCheckouts, saveOrders } from '#app/carts/apply/save.ts';
import { withoutFields } from '#app/shopify/registers.ts';

/** What a sealed checkout or order says of who made it. */
const IDENTITY = ['person', 'email'];

/**
 * Takes people out of what they are tied to: carts, checkouts and orders stay, and no longer say whose they are, neither in
 * their columns nor under their seals. A later event that names nobody leaves it so.
 *
 * @param context its transaction holds the shop's lock.
 */
export async function untiePeople(context: StoreContext, personIds: readonly string[]): Promise<void> {
  if (personIds.length === 0) return;
  const { tx, shopId } = context;
  const refsOf = async (table: 'app.checkouts' | 'app.orders', column: 'token_ref' | 'order_ref') =>
    (
      await tx.query<{ ref: Buffer }>(
        `SELECT ${column} AS ref FROM ${table} WHERE shop_id = $1::uuid AND person_id = ANY ($2::uuid[])`,
        [shopId, personIds],
      )
    ).map(({ ref }) => ref);
  const checkouts = await loadCheckouts(context, { refs: await refsOf('app.checkouts', 'token_ref') });
  const orders = await loadOrders(context, { refs: await refsOf('app.orders', 'order_ref') });
  for (const row of [...checkouts.rows.values(), ...orders.rows.values()]) untie(row);
  await saveCheckouts(context, [...checkouts.rows.values()]);
  await saveOrders(context, [...orders.rows.values()]);
  // The carts; and purchases that no longer open, of which only the columns are left.
  for (const table of ['app.carts', 'app.checkouts', 'app.orders']) {
    await tx.query(
      `UPDATE ${table} SET person_id = NULL, person_evidence = NULL WHERE shop_id = $1::uuid AND person_id = ANY ($2::uuid[])`,
      [shopId, personIds],
    );
  }
}

function untie(row: PurchaseRow): void {
  row.personId = null;
  row.personEvidence = null;
  row.document = row.document === null ? null : withoutFields(row.document, IDENTITY);
  row.isChanged = true;
}
