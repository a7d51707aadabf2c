import type { SqlTx } from '#app/data/sql-tx.ts';
import { type NeedleSearch, type Sighting } from '#app/privacy/scan/search.ts';

/** What a walk through the columns saw. */
export interface ColumnScan {
  readonly sightings: readonly Sighting[];
  readonly columns: number;
  readonly rows: number;
  /** Tables that the role of this transaction may not read, or not wholly: nothing is known of them. */
  readonly unread: readonly string[];
}

export interface ColumnScanOptions {
  /** Whether rows that row-level security hides are expected to be hidden. If not, a table that hides some is `unread`. */
  readonly isShopBound?: boolean;
  readonly onProgress?: (table: string, rows: number) => void;
}

interface TableShape {
  readonly relation: string;
  readonly name: string;
  readonly columns: readonly string[];
  readonly readable: boolean;
}

const FETCH_ROWS = 1_000;

/**
 * Looks through every value of every column of every table that the database's own catalogue knows, as text and, where it
 * is bytes, as the bytes. It reads no registry and knows no table of ours: what it finds it finds because it is there.
 *
 * Row-level security holds: in a transaction bound to a shop, that shop's rows are seen and `isShopBound` says so.
 *
 * @param tx a transaction; the walk uses a cursor, so that a large table is never held in memory.
 */
export async function scanColumns(
  tx: SqlTx,
  search: NeedleSearch,
  { isShopBound = false, onProgress }: ColumnScanOptions = {},
): Promise<ColumnScan> {
  const tables = await tablesOf(tx, isShopBound);
  const sightings: Sighting[] = [];
  let rows = 0;
  for (const table of tables.filter(({ readable }) => readable)) {
    const seen = await scanTable(tx, table, search);
    sightings.push(...seen.sightings);
    rows += seen.rows;
    onProgress?.(table.name, seen.rows);
  }
  return {
    sightings,
    columns: tables.reduce((count, table) => count + (table.readable ? table.columns.length : 0), 0),
    rows,
    unread: tables.filter(({ readable }) => !readable).map(({ name }) => name),
  };
}

async function tablesOf(tx: SqlTx, isShopBound: boolean): Promise<TableShape[]> {
  return tx.query<TableShape>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS relation, n.nspname || '.' || c.relname AS name,
       array_agg(a.attname::text ORDER BY a.attnum) AS columns,
       has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
         AND ($1::boolean OR NOT row_security_active(c.oid)) AS readable
     FROM pg_catalog.pg_attribute a
     JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
       AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'
     GROUP BY n.oid, c.oid, n.nspname, c.relname ORDER BY 2`,
    [isShopBound],
  );
}

async function scanTable(
  tx: SqlTx,
  { relation, name, columns }: TableShape,
  search: NeedleSearch,
): Promise<{ sightings: Sighting[]; rows: number }> {
  const found = new Map<string, Sighting>();
  let count = 0;
  const texts = columns.map((column) => `"${column.replaceAll('"', '""')}"::text`).join(', ');
  await tx.query(`DECLARE scan_cursor NO SCROLL CURSOR FOR SELECT ARRAY[${texts}] AS texts FROM ${relation}`);
  for (;;) {
    const rows = await tx.query<{ texts: (string | null)[] }>(`FETCH ${FETCH_ROWS} FROM scan_cursor`);
    for (const { texts } of rows) {
      for (const [index, text] of texts.entries()) {
        if (text === null) continue;
        for (const sighting of searchText(text, search, `column ${name}.${columns[index] ?? ''}`)) {
          found.set(`${sighting.where} ${sighting.value} ${sighting.form}`, sighting);
        }
      }
    }
    count += rows.length;
    if (rows.length < FETCH_ROWS) break;
  }
  await tx.query('CLOSE scan_cursor');
  return { sightings: [...found.values()], rows: count };
}

function searchText(text: string, search: NeedleSearch, where: string): Sighting[] {
  const sightings: Sighting[] = search.findInText(text).map((found) => ({ ...found, where }));
  // Bytes are written as \x and hexadecimal digits; in an array of bytes the mark is escaped.
  for (const [, hex] of text.matchAll(/\\x((?:[0-9a-f]{2})+)/g)) {
    sightings.push(...search.sightings(Buffer.from(hex ?? '', 'hex'), where));
  }
  return sightings;
}
