import { destroyKeysOf } from '#app/data/destroy-keys.ts';
import { FIRST_ID, type Step } from '#app/privacy/retention/batch.ts';
import { endSql, PERSON_CLOCK_SQL } from '#app/privacy/retention/expiry.ts';

/** People of whom no cart, checkout or order is left, once their own term has passed too. */
export const removePeople: Step = {
  name: 'people',
  removeBatch: async ({ tx, shopId, moment, terms, limits }, cursor) => {
    const seen = await tx.query<{ id: string; due: boolean }>(
      `SELECT p.id, ${endSql(PERSON_CLOCK_SQL, terms, 'people')} <= $2::timestamptz
         AND NOT EXISTS (SELECT FROM app.carts c WHERE c.shop_id = $1::uuid AND c.person_id = p.id)
         AND NOT EXISTS (SELECT FROM app.checkouts k WHERE k.shop_id = $1::uuid AND k.person_id = p.id)
         AND NOT EXISTS (SELECT FROM app.orders o WHERE o.shop_id = $1::uuid AND o.person_id = p.id) AS due
       FROM app.people p WHERE p.shop_id = $1::uuid AND p.id > $3::uuid ORDER BY p.id LIMIT $4::int`,
      [shopId, moment, cursor ?? FIRST_ID, limits.look],
    );
    const due = seen.filter((row) => row.due);
    const ids = due.slice(0, limits.remove).map((row) => row.id);
    if (ids.length > 0) {
      await destroyKeysOf(tx, shopId, [{ scope: 'person', ids }]);
      await tx.query('DELETE FROM app.people WHERE shop_id = $1::uuid AND id = ANY ($2::uuid[])', [shopId, ids]);
    }
    const hasRest = ids.length < due.length;
    const isEnd = !hasRest && seen.length < limits.look;
    return { removed: { people: ids.length }, next: isEnd ? null : ((hasRest ? ids.at(-1) : seen.at(-1)?.id) ?? null) };
  },
};

/** Merges of customers of whom neither is here any more, once everything that could still name them would be expired. */
export const removeAliases: Step = {
  name: 'aliases',
  removeBatch: async ({ tx, shopId, moment, terms, limits }) => {
    const longest = Math.max(terms.convertedCarts, terms.abandonedCarts, terms.checkouts, terms.orders, terms.people);
    const gone = await tx.query(
      `DELETE FROM app.person_aliases WHERE shop_id = $1::uuid AND deleted_ref IN (
         SELECT a.deleted_ref FROM app.person_aliases a
         WHERE a.shop_id = $1::uuid AND a.merged_at <= $2::timestamptz - make_interval(months => $3::int)
           AND NOT EXISTS (SELECT FROM app.people p
             WHERE p.shop_id = $1::uuid AND p.customer_ref IN (a.deleted_ref, a.kept_ref))
         ORDER BY a.deleted_ref LIMIT $4::int) RETURNING 1 AS one`,
      [shopId, moment, longest, limits.remove],
    );
    return { removed: { aliases: gone.length }, next: gone.length < limits.remove ? null : 'more' };
  },
};
