import type { SubjectScope } from '#app/data/keys.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';

/**
 * Destroys the keys of these subjects, every version, with the transaction: what they sealed never opens again.
 *
 * @returns how many of the subjects had a key.
 */
export async function destroyKeysOf(
  tx: SqlTx,
  shopId: string,
  subjects: readonly { readonly scope: SubjectScope; readonly ids: readonly string[] }[],
): Promise<number> {
  const pairs = subjects.flatMap(({ scope, ids }) => ids.map((id) => ({ scope, id })));
  if (pairs.length === 0) return 0;
  await tx.query('SET LOCAL ROLE ci_keys');
  const rows = await tx.query<{ scope: string; subject_id: string }>(
    `DELETE FROM keys.subject_keys k USING unnest($2::text[], $3::uuid[]) AS gone (scope, id)
     WHERE k.shop_id = $1::uuid AND k.scope = gone.scope AND k.subject_id = gone.id RETURNING k.scope, k.subject_id`,
    [shopId, pairs.map(({ scope }) => scope), pairs.map(({ id }) => id)],
  );
  await tx.query('SET LOCAL ROLE ci_app');
  return new Set(rows.map((row) => `${row.scope}:${row.subject_id}`)).size;
}
