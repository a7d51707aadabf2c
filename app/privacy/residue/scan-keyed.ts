import type { SqlTx } from '#app/data/sql-tx.ts';
import { firstIdOf } from '#app/data/uuid.ts';
import type { Place, Wanted } from '#app/privacy/residue/wanted.ts';

interface Column {
  readonly relation: string;
  readonly name: string;
  readonly column: string;
  readonly type: 'uuid' | 'bytea' | 'bytea[]' | 'uuid[]';
  readonly has_id: boolean;
}

/**
 * Looks for our ids and for keyed references in every column of such a type that the database's catalogue knows and this role
 * may read. No registry is read: a column that nobody declared is looked into like any other.
 *
 * @param tx bound to the shop: its rows are seen.
 */
export async function scanKeyed(tx: SqlTx, wanted: Wanted): Promise<Place[]> {
  const columns = await tx.query<Column>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS relation, n.nspname || '.' || c.relname AS name,
       quote_ident(a.attname) AS "column", format_type(a.atttypid, NULL) AS type,
       EXISTS (SELECT FROM pg_catalog.pg_attribute i WHERE i.attrelid = c.oid AND i.attname = 'id'
         AND i.atttypid = 'uuid'::regtype AND NOT i.attisdropped) AS has_id
     FROM pg_catalog.pg_attribute a
     JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
       AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'
       AND format_type(a.atttypid, NULL) IN ('uuid', 'bytea', 'uuid[]', 'bytea[]') AND a.attname <> 'shop_id'
       AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
     ORDER BY 2, 3`,
  );
  const places: Place[] = [];
  for (const column of columns) {
    const isId = column.type.startsWith('uuid');
    const values = isId ? wanted.ids : wanted.refs;
    if (values.length === 0) continue;
    const [row] = await tx.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${column.relation} t WHERE ${matches(column)}
         AND ($2::uuid IS NULL OR ${isId || !column.has_id ? 'true' : 't.id < $2::uuid'})`,
      [values, wanted.erasedAt === null ? null : firstIdOf(wanted.erasedAt)],
    );
    const count = row?.count ?? 0;
    if (count > 0) places.push({ where: `${column.name}.${column.column}`, how: 'keyed', count });
  }
  return places;
}

function matches({ column, type }: Column): string {
  switch (type) {
    case 'uuid':
      return `t.${column} = ANY ($1::uuid[])`;
    case 'uuid[]':
      return `t.${column} && $1::uuid[]`;
    case 'bytea':
      return `t.${column} IN (SELECT decode(ref, 'hex') FROM unnest($1::text[]) AS given (ref))`;
    case 'bytea[]':
      return `t.${column} && ARRAY(SELECT decode(ref, 'hex') FROM unnest($1::text[]) AS given (ref))`;
  }
}
