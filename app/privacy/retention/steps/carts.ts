import { destroyKeysOf } from '#app/data/destroy-keys.ts';
import { type BatchContext, type Counts, FIRST_ID, plus, type Step } from '#app/privacy/retention/batch.ts';
import { CART_RULE_SQL, cartEndSql } from '#app/privacy/retention/expiry.ts';
import { rememberActivity } from '#app/privacy/retention/steps/last-activity.ts';
import { scanBound } from '#app/privacy/retention/terms.ts';

interface SeenCart {
  id: string;
  person_id: string | null;
  last_changed_at: Date;
  rule: 'emptyCarts' | 'abandonedCarts' | 'convertedCarts';
  clock: Date;
  due: boolean;
  states: number;
}

/**
 * Carts, oldest first, with their key and their history. A checkout or an order that is kept longer stays without its
 * cart. A very long history goes first, oldest states first, over several batches; its cart follows with its key and the rest.
 */
export const removeCarts: Step = {
  name: 'carts',
  removeBatch: async (context, cursor) => {
    const { limits } = context;
    const seen = await lookAt(context, cursor);
    const { batch, rest } = bounded(
      seen.filter((cart) => cart.due),
      limits,
    );
    const [first] = batch;
    if (first !== undefined && first.states > limits.states) {
      return { removed: await removeSomeStates(context, first.id), next: cursor ?? '' };
    }
    const removed = await removeWhole(context, batch);
    const last = rest ? batch.at(-1) : seen.at(-1);
    const isEnd = !rest && seen.length < limits.look;
    return {
      removed,
      next: isEnd || last === undefined ? null : `${last.last_changed_at.toISOString()} ${last.id}`,
    };
  },
};

async function lookAt({ tx, shopId, moment, terms, limits }: BatchContext, cursor: string | null): Promise<SeenCart[]> {
  const [afterTime = '', afterId = FIRST_ID] = (cursor ?? '').split(' ');
  return tx.query<SeenCart>(
    `SELECT clocked.*, ${cartEndSql(terms, 'rule', 'clock')} <= $2::timestamptz AS due,
       (SELECT count(*)::int FROM app.cart_states s WHERE s.shop_id = $1::uuid AND s.cart_id = clocked.id) AS states
     FROM (
       SELECT c.id, c.person_id, c.last_changed_at, ${CART_RULE_SQL} AS rule, greatest(c.last_changed_at,
         (SELECT max(k.changed_at) FROM app.checkouts k WHERE k.shop_id = $1::uuid AND k.cart_id = c.id),
         (SELECT max(o.changed_at) FROM app.orders o WHERE o.shop_id = $1::uuid AND o.cart_id = c.id)) AS clock
       FROM app.carts c
       WHERE c.shop_id = $1::uuid AND c.last_changed_at <= $3::timestamptz
         AND (c.last_changed_at, c.id) > ($4::timestamptz, $5::uuid)
       ORDER BY c.last_changed_at, c.id LIMIT $6::int) AS clocked
     ORDER BY last_changed_at, id`,
    [
      shopId,
      moment,
      scanBound(terms, ['emptyCarts', 'abandonedCarts', 'convertedCarts'], moment),
      afterTime === '' ? '-infinity' : afterTime,
      afterId,
      limits.look,
    ],
  );
}

/** As many as fit into one batch, and whether any are left over. One is always taken. */
function bounded(due: readonly SeenCart[], limits: BatchContext['limits']): { batch: SeenCart[]; rest: boolean } {
  const batch: SeenCart[] = [];
  let states = 0;
  for (const cart of due) {
    states += cart.states;
    if (batch.length > 0 && (batch.length === limits.remove || states > limits.states)) break;
    batch.push(cart);
  }
  return { batch, rest: batch.length < due.length };
}

async function removeWhole({ tx, shopId }: BatchContext, carts: readonly SeenCart[]): Promise<Counts> {
  if (carts.length === 0) return {};
  const ids = carts.map((cart) => cart.id);
  await destroyKeysOf(tx, shopId, [{ scope: 'cart', ids }]);
  await rememberActivity(
    tx,
    shopId,
    carts.map(({ person_id: personId, clock }) => ({ personId, clock })),
  );
  await tx.query('UPDATE app.checkouts SET cart_id = NULL WHERE shop_id = $1::uuid AND cart_id = ANY ($2::uuid[])', [
    shopId,
    ids,
  ]);
  await tx.query(
    'UPDATE app.orders SET cart_id = NULL, cart_evidence = NULL WHERE shop_id = $1::uuid AND cart_id = ANY ($2::uuid[])',
    [shopId, ids],
  );
  await tx.query('DELETE FROM app.cart_states WHERE shop_id = $1::uuid AND cart_id = ANY ($2::uuid[])', [shopId, ids]);
  await tx.query('DELETE FROM app.carts WHERE shop_id = $1::uuid AND id = ANY ($2::uuid[])', [shopId, ids]);
  return carts.reduce<Counts>((counts, { rule, states }) => plus(counts, { [rule]: 1, cartStates: states }), {});
}

async function removeSomeStates({ tx, shopId, limits }: BatchContext, cartId: string): Promise<Counts> {
  const gone = await tx.query(
    `DELETE FROM app.cart_states WHERE shop_id = $1::uuid AND cart_id = $2::uuid AND (changed_at, digest) IN (
       SELECT changed_at, digest FROM app.cart_states WHERE shop_id = $1::uuid AND cart_id = $2::uuid
       ORDER BY changed_at, digest LIMIT $3::int) RETURNING 1 AS one`,
    [shopId, cartId, limits.states],
  );
  return { cartStates: gone.length };
}
