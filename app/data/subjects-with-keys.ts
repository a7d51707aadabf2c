import { asKeyRole } from '#app/data/key-role.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import type { SubjectScope } from '#app/data/subject-scope.ts';

/** Subjects of one kind that have a key, in the order of their ids, after `after`. */
export async function subjectsWithKeys(
  tx: SqlTx,
  shopId: string,
  scope: SubjectScope,
  after: string,
  atMost: number,
): Promise<string[]> {
  const rows = await asKeyRole(tx, () =>
    tx.query<{ id: string }>(
      `SELECT DISTINCT subject_id AS id FROM keys.subject_keys
       WHERE shop_id = $1::uuid AND scope = $2 AND subject_id > $3::uuid ORDER BY 1 LIMIT $4::int`,
      [shopId, scope, after, atMost],
    ),
  );
  return rows.map((row) => row.id);
}
