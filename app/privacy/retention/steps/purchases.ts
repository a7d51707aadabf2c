import { destroyKeysOf } from '#app/data/destroy-keys.ts';
import { FIRST_ID, type Step } from '#app/privacy/retention/batch.ts';
import { endSql } from '#app/privacy/retention/expiry.ts';
import { rememberActivity } from '#app/privacy/retention/steps/last-activity.ts';

interface SeenPurchase {
  id: string;
  person_id: string | null;
  changed_at: Date;
  due: boolean;
}

export const removeCheckouts = removePurchases('checkouts', 'checkout');
export const removeOrders = removePurchases('orders', 'order');

/** Checkouts or orders, row and key together. They have no index by age, so the whole table is looked at, by key. */
function removePurchases(name: 'checkouts' | 'orders', scope: 'checkout' | 'order'): Step {
  return {
    name,
    removeBatch: async ({ tx, shopId, moment, terms, limits }, cursor) => {
      const seen = await tx.query<SeenPurchase>(
        `SELECT id, person_id, changed_at, ${endSql('changed_at', terms, name)} <= $2::timestamptz AS due
         FROM app.${name} WHERE shop_id = $1::uuid AND id > $3::uuid ORDER BY id LIMIT $4::int`,
        [shopId, moment, cursor ?? FIRST_ID, limits.look],
      );
      const due = seen.filter((row) => row.due);
      const batch = due.slice(0, limits.remove);
      const ids = batch.map((row) => row.id);
      if (ids.length > 0) {
        await destroyKeysOf(tx, shopId, [{ scope, ids }]);
        await rememberActivity(
          tx,
          shopId,
          batch.map((row) => ({ personId: row.person_id, clock: row.changed_at })),
        );
        await tx.query(`DELETE FROM app.${name} WHERE shop_id = $1::uuid AND id = ANY ($2::uuid[])`, [shopId, ids]);
      }
      const hasRest = batch.length < due.length;
      const isEnd = !hasRest && seen.length < limits.look;
      return { removed: { [name]: ids.length }, next: isEnd ? null : ((hasRest ? batch : seen).at(-1)?.id ?? null) };
    },
  };
}
