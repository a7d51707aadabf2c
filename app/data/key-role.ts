import type { SqlTx } from '#app/data/sql-tx.ts';

/**
 * Takes the role `ci_keys`, which alone reads and writes the schema `keys`, for `work` alone. When `work` throws, the
 * transaction is lost anyway and the role with it.
 *
 * @param tx as `ci_app`, bound to the shop whose keys are meant.
 */
export async function asKeyRole<T>(tx: SqlTx, work: () => Promise<T>): Promise<T> {
  await tx.query('SET LOCAL ROLE ci_keys');
  const result = await work();
  await tx.query('SET LOCAL ROLE ci_app');
  return result;
}
