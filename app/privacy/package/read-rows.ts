import type { OpenValues } from '#app/access/gate.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import type { HeldRow } from '#app/privacy/package/build.ts';
import { exportedTables, type ExportRules, topLevel } from '#app/privacy/package/export-rules.ts';
import { idOf, SUBJECT_TABLES, type SubjectKind, type SubjectTable } from '#app/privacy/package/subject-tables.ts';

/** Our ids of everything that is about one person. */
export type FoundIds = Readonly<Record<SubjectKind, readonly string[]>>;

/**
 * Reads every row about one person, and opens of each what the registry gives out and no more.
 *
 * @param tx bound to the shop.
 * @param since rows whose time lies before are left out; null for everything.
 */
export async function readRows(
  tx: SqlTx,
  shopId: string,
  open: OpenValues,
  found: FoundIds,
  since: Date | null,
): Promise<Map<string, HeldRow[]>> {
  const rules = exportedTables();
  const rows = new Map<string, HeldRow[]>();
  for (const subject of SUBJECT_TABLES) {
    const rule = rules.find(({ table }) => table.table === subject.table);
    const ids = found[subject.find.by];
    if (rule !== undefined && ids.length > 0)
      rows.set(subject.table, await readTable(tx, shopId, open, { subject, rule, ids, since }));
  }
  return rows;
}

interface TableQuestion {
  readonly subject: SubjectTable;
  readonly rule: ExportRules;
  readonly ids: readonly string[];
  readonly since: Date | null;
}

async function readTable(
  tx: SqlTx,
  shopId: string,
  open: OpenValues,
  { subject, rule, ids, since }: TableQuestion,
): Promise<HeldRow[]> {
  const { table, find, time, order, seal, refs } = subject;
  const columns = new Set([...rule.columns, ...Object.keys(refs), find.column, ...(seal?.needs ?? [])]);
  if (seal !== null) columns.add('sealed');
  // Names of tables and columns are the registry's and this program's own; values travel as parameters.
  const found = await tx.query<Record<string, unknown>>(
    `SELECT ${[...columns].join(', ')} FROM ${table}
     WHERE shop_id = $1::uuid AND ${find.column} = ANY ($2::uuid[])
       ${time === null ? '' : `AND ($3::timestamptz IS NULL OR ${time} >= $3::timestamptz)`}
     ORDER BY ${order.join(', ')}`,
    time === null ? [shopId, ids] : [shopId, ids, since],
  );
  const contents = await openAll(shopId, open, subject, rule, found);
  return found.map((row, index) => ({ columns: row, opened: contents[index] ?? null }));
}

async function openAll(
  shopId: string,
  open: OpenValues,
  { seal }: SubjectTable,
  rule: ExportRules,
  rows: readonly Record<string, unknown>[],
) {
  if (seal === null) return [];
  const sealed = rows.flatMap((row, index) => {
    const bytes = row['sealed'];
    return bytes instanceof Uint8Array
      ? [{ index, value: { subjectId: idOf(row, seal.subject), sealed: bytes, place: seal.place(shopId, row) } }]
      : [];
  });
  const opened = await open(
    seal.scope,
    sealed.map(({ value }) => value),
    topLevel(rule.sealed),
  );
  const byRow = new Map(sealed.map(({ index }, position) => [index, opened[position] ?? null]));
  return rows.map((_, index) => byRow.get(index) ?? null);
}
