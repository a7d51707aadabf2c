import { asKeyRole } from '#app/data/key-role.ts';
import { KEYS_CHANNEL, notify } from '#app/data/channels.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import type { Subjects } from '#app/data/subject-scope.ts';

/**
 * Destroys the keys of these subjects, every version, with the transaction: what they sealed never opens again.
 *
 * @returns how many of the subjects had a key.
 */
export async function destroyKeysOf(tx: SqlTx, shopId: string, subjects: readonly Subjects[]): Promise<number> {
  const pairs = subjects.flatMap(({ scope, ids }) => ids.map((id) => ({ scope, id })));
  if (pairs.length === 0) return 0;
  const rows = await asKeyRole(tx, () =>
    tx.query<{ scope: string; subject_id: string }>(
      `DELETE FROM keys.subject_keys k USING unnest($2::text[], $3::uuid[]) AS gone (scope, id)
       WHERE k.shop_id = $1::uuid AND k.scope = gone.scope AND k.subject_id = gone.id RETURNING k.scope, k.subject_id`,
      [shopId, pairs.map(({ scope }) => scope), pairs.map(({ id }) => id)],
    ),
  );
  return new Set(rows.map((row) => `${row.scope}:${row.subject_id}`)).size;
}

/**
 * Destroys the shop's own keys with the transaction, and tells every program. Those of its subjects are wrapped by them:
 * nothing of the shop opens any more, its look-up tokens and the pseudonyms of its tombstones cannot be made again. The rows
 * of its subjects' keys stay for {@link destroySubjectKeys}. A shop that comes back gets new keys.
 */
export async function destroyShopKeys(tx: SqlTx, shopId: string): Promise<void> {
  await asKeyRole(tx, () => tx.query('DELETE FROM keys.shop_keys WHERE shop_id = $1::uuid', [shopId]));
  await notify(tx, KEYS_CHANNEL, shopId);
}

/** Destroys up to `atMost` keys of the shop's subjects, whichever they are. @returns how many. */
export async function destroySubjectKeys(tx: SqlTx, shopId: string, atMost: number): Promise<number> {
  const rows = await asKeyRole(tx, () =>
    tx.query(
      `DELETE FROM keys.subject_keys WHERE shop_id = $1::uuid AND ctid = ANY (ARRAY(
         SELECT ctid FROM keys.subject_keys WHERE shop_id = $1::uuid LIMIT $2::int)) RETURNING 1 AS one`,
      [shopId, atMost],
    ),
  );
  return rows.length;
}
