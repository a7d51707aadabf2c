import { statePlace } from '#app/carts/places.ts';
import type { SubjectScope } from '#app/data/subject-scope.ts';
import type { SealedColumn } from '#app/data/reseal.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { REGISTRY } from '#app/privacy/registry.ts';

/** Values of the inbox are sealed under a day's key, which goes with the day. */
const BY_DAY = 'day';

/** Columns whose rows have no id of their own: how their place is told from the row. */
const SPECIAL: Readonly<Record<string, Pick<SealedColumn, 'placeOf'> & { readonly idColumn: string }>> = {
  'app.cart_states': {
    idColumn: 'cart_id',
    placeOf: (shopId, row) =>
      statePlace(shopId, String(row['cart_id']), row['changed_at'] as Date, row['digest'] as Uint8Array),
  },
};

/**
 * Every column of sealed values that outlives a day, read off the registry and the database's own primary keys. By the
 * convention of all tables the place of a value is its table's and column's name and its row's one key beside the shop
 * (the shop's own where a shop has one row), which is the subject's id where a subject's key seals it.
 *
 * @throws Error for a column that keeps to no convention and is not told about here.
 */
export async function sealedColumns(tx: SqlTx): Promise<SealedColumn[]> {
  const columns: SealedColumn[] = [];
  for (const { table, columns: entries } of REGISTRY) {
    for (const [column, entry] of Object.entries(entries)) {
      if (!('contents' in entry) || entry.erase.how !== 'destroy-key') continue;
      const { scope } = entry.erase;
      if (scope === BY_DAY) continue;
      columns.push(sealedColumn(table, column, scope, await primaryKeyOf(tx, table)));
    }
  }
  return columns;
}

function sealedColumn(
  table: string,
  column: string,
  scope: 'shop' | SubjectScope,
  key: Readonly<Record<string, string>>,
): SealedColumn {
  const special = SPECIAL[table];
  const names = Object.keys(key);
  const isByShop = names.length === 0 && scope === 'shop';
  const idColumn = special?.idColumn ?? (names.length === 1 ? names[0] : undefined);
  if (idColumn === undefined && !isByShop) throw new Error(`${table}.${column}: its place is not known`);
  const logicalTable = table.slice(table.indexOf('.') + 1);
  return {
    table,
    column,
    key,
    sealedBy: scope === 'shop' || idColumn === undefined ? 'shop' : { scope, idColumn },
    placeOf:
      special?.placeOf ??
      ((shopId, row) => ({
        shop: shopId,
        table: logicalTable,
        column,
        row: idColumn === undefined ? shopId : String(row[idColumn]),
      })),
  };
}

/** The columns of a table's primary key behind the shop, in order, with their types. */
async function primaryKeyOf(tx: SqlTx, table: string): Promise<Record<string, string>> {
  const rows = await tx.query<{ name: string; type: string }>(
    `SELECT a.attname AS name, format_type(a.atttypid, NULL) AS type
     FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (attnum, nth)
     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
     WHERE i.indrelid = $1::regclass AND i.indisprimary AND a.attname <> 'shop_id' ORDER BY k.nth`,
    [table],
  );
  return Object.fromEntries(rows.map(({ name, type }) => [name, type]));
}
