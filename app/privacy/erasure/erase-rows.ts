import { destroyKeysOf } from '#app/data/destroy-keys.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { ERASURE_PLAN, LINKS_TO_EMPTY } from '#app/privacy/erasure/plan.ts';
import type { SubjectKind } from '#app/privacy/registry/entry.ts';

/** What is to be erased: our ids, and the references of customers. */
export interface ErasureTargets {
  readonly personIds: readonly string[];
  readonly cartIds: readonly string[];
  readonly checkoutIds: readonly string[];
  readonly orderIds: readonly string[];
  readonly customerRefs: readonly Buffer[];
}

export const NO_TARGETS: ErasureTargets = {
  personIds: [],
  cartIds: [],
  checkoutIds: [],
  orderIds: [],
  customerRefs: [],
};

/** How many rows of a table were a subject’s, before and after. */
export interface TableCount {
  readonly table: string;
  readonly before: number;
  readonly after: number;
}

export interface ErasedRows {
  readonly tables: readonly TableCount[];
  readonly keysDestroyed: number;
}

/** What was erased in two goes; either may be missing. */
export function addErased(first: ErasedRows | undefined, again: ErasedRows | undefined): ErasedRows {
  if (first === undefined || again === undefined) return first ?? again ?? { tables: [], keysDestroyed: 0 };
  const beforeOf = new Map(first.tables.map(({ table, before }) => [table, before]));
  return {
    tables: again.tables.map(({ table, before, after }) => ({
      table,
      before: before + (beforeOf.get(table) ?? 0),
      after,
    })),
    keysDestroyed: first.keysDestroyed + again.keysDestroyed,
  };
}

/**
 * Removes what the plan says, and the keys with it: what a copy of the rows holds does not open any more. Rows of anybody
 * else are not touched, except that a link to what is gone is emptied.
 *
 * @param tx holds the shop's lock.
 */
export async function eraseRows(tx: SqlTx, shopId: string, targets: ErasureTargets): Promise<ErasedRows> {
  const values = valuesOf(targets);
  const before = await countRows(tx, shopId, values);
  for (const { table, column, kind } of LINKS_TO_EMPTY) {
    if (values[kind].length === 0) continue;
    await tx.query(`UPDATE ${table} SET ${column} = NULL WHERE shop_id = $1::uuid AND ${matches(kind, [column])}`, [
      shopId,
      values[kind],
    ]);
  }
  for (const { table, kind, columns, setNull } of ERASURE_PLAN) {
    if (values[kind].length === 0) continue;
    const action =
      setNull.length === 0
        ? `DELETE FROM ${table}`
        : `UPDATE ${table} SET ${setNull.map((name) => `${name} = NULL`).join(', ')}`;
    await tx.query(`${action} WHERE shop_id = $1::uuid AND ${matches(kind, columns)}`, [shopId, values[kind]]);
  }
  const keysDestroyed = await destroyKeysOf(tx, shopId, [
    { scope: 'person', ids: targets.personIds },
    { scope: 'cart', ids: targets.cartIds },
    { scope: 'checkout', ids: targets.checkoutIds },
    { scope: 'order', ids: targets.orderIds },
  ]);
  const after = await countRows(tx, shopId, values);
  return {
    tables: before.map(({ table, count }, index) => ({ table, before: count, after: after[index]?.count ?? 0 })),
    keysDestroyed,
  };
}

/** A subject’s rows in each table of the plan. */
async function countRows(
  tx: SqlTx,
  shopId: string,
  values: Readonly<Record<SubjectKind, readonly string[]>>,
): Promise<{ table: string; count: number }[]> {
  const counts: { table: string; count: number }[] = [];
  for (const { table, kind, columns } of ERASURE_PLAN) {
    if (values[kind].length === 0) {
      counts.push({ table, count: 0 });
      continue;
    }
    const [row] = await tx.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${table} WHERE shop_id = $1::uuid AND ${matches(kind, columns)}`,
      [shopId, values[kind]],
    );
    counts.push({ table, count: row?.count ?? 0 });
  }
  return counts;
}

function valuesOf(targets: ErasureTargets): Record<SubjectKind, readonly string[]> {
  return {
    person: targets.personIds,
    cart: targets.cartIds,
    checkout: targets.checkoutIds,
    order: targets.orderIds,
    customer: targets.customerRefs.map((ref) => ref.toString('hex')),
  };
}

/** Our ids, or keyed references in hexadecimal, as `$2`. An empty list matches nothing. */
function matches(kind: SubjectKind, columns: readonly string[]): string {
  const of = (column: string) =>
    kind === 'customer'
      ? `${column} IN (SELECT decode(ref, 'hex') FROM unnest($2::text[]) AS given (ref))`
      : `${column} = ANY ($2::uuid[])`;
  return `(${columns.map(of).join(' OR ')})`;
}
