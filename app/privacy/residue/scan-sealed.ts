import { compareForWork, type CompareValues } from '#app/access/compare.ts';
import type { GateServices, Work } from '#app/access/gate.ts';
import { type SqlTx, sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import {
  NOT_ABOUT_SHOPPERS,
  SEALED_SOURCES,
  type SealedRow,
  type SealedSource,
} from '#app/privacy/residue/sealed-sources.ts';
import { firstIdOf } from '#app/data/uuid.ts';
import { type Place, searchable, type Wanted } from '#app/privacy/residue/wanted.ts';
import { normaliseEmail } from '#app/vault/blind-index.ts';

/** What a look into every sealed value saw. */
export interface SealedScan {
  readonly places: readonly Place[];
  /** Values that opened and were compared. */
  readonly compared: number;
  /** Values that do not open any more. */
  readonly closed: number;
  /** Somebody else's: an address they have as well, in their own records, or what a request about them names. It stays theirs. */
  readonly shared: number;
  /** Found in requests that are still open and have to know whom they are about. */
  readonly inOpenRequests: number;
  /** Columns with something sealed for a subject that the scan has no way into, or that does not open under its key. */
  readonly unopened: readonly string[];
}

const SUBJECTS_A_PAGE = 500;

/**
 * Opens every sealed value of the shop that still opens and compares it, page by page, each in a transaction of its own:
 * nothing is locked and nothing is held for long.
 */
export async function scanSealed(
  services: GateServices,
  shopId: string,
  wanted: Wanted,
  work: Work,
  skipRequestId: string | null,
): Promise<SealedScan> {
  const values = searchable(wanted.values).map(normaliseEmail);
  const found: SealedScan[] = [{ ...NOTHING, unopened: await unopenedColumns(services, shopId, work) }];
  if (values.length > 0) {
    for (const source of SEALED_SOURCES) {
      let after: string | null = null;
      do {
        const from: string | null = after;
        const page: SealedScan & { last: string | null } = await compareForWork(services, shopId, work, (tx, compare) =>
          scanPage(sqlTxOfPrisma(tx), compare, shopId, source, from, wanted, values, skipRequestId),
        );
        found.push(page);
        after = page.last;
      } while (after !== null);
    }
  }
  return found.reduce(together);
}

const NOTHING: SealedScan = { places: [], compared: 0, closed: 0, shared: 0, inOpenRequests: 0, unopened: [] };

async function scanPage(
  tx: SqlTx,
  compare: CompareValues,
  shopId: string,
  source: SealedSource,
  after: string | null,
  wanted: Wanted,
  values: readonly string[],
  skipRequestId: string | null,
): Promise<SealedScan & { last: string | null }> {
  const rows = await readPage(tx, shopId, source, after);
  const matches = await compare(
    source.scope,
    rows.map((row) => ({ subjectId: row.subject_id, sealed: row.sealed, place: source.place(shopId, row) })),
    values,
  );
  const openRequests = source.scope === 'request' ? await openRequestsOf(tx, shopId) : new Set<string>();
  const sharable = new Set([...wanted.sharable].map(normaliseEmail));
  let count = 0;
  let shared = 0;
  let inOpenRequests = 0;
  let unopenable = 0;
  for (const [index, row] of rows.entries()) {
    const matched = matches[index] ?? 'closed';
    if (matched === 'closed' || isNew(row, wanted) || row.subject_id === skipRequestId) continue;
    if (matched === 'unopenable') {
      unopenable += 1;
      continue;
    }
    if (matched.length === 0) continue;
    const isSharedOnly = matched.every((value) => sharable.has(values[value] ?? ''));
    if (openRequests.has(row.subject_id)) inOpenRequests += 1;
    else if (isOthersRequest(row, wanted) || (isSharedOnly && isSomebodyElses(row, wanted))) shared += 1;
    else count += 1;
  }
  const opened = matches.filter((match) => typeof match !== 'string').length;
  return {
    places: count === 0 ? [] : [{ where: `${source.table}.${source.column}`, how: 'sealed', count }],
    compared: opened,
    closed: matches.filter((match) => match === 'closed').length,
    shared,
    inOpenRequests,
    unopened: unopenable === 0 ? [] : [`${source.table}.${source.column}`],
    last: rows.at(-1)?.subject_id ?? null,
  };
}

/** Of an id made after the erasure: new, and never joined to the past. */
function isNew(row: SealedRow, { erasedAt }: Wanted): boolean {
  return erasedAt !== null && row.subject_id >= firstIdOf(erasedAt);
}

function isSomebodyElses(row: SealedRow, { erasedAt, ids, othersRequestIds }: Wanted): boolean {
  const { person_id: personId, request_id: requestId } = row;
  if (erasedAt === null) return false;
  if (personId !== null) return !ids.includes(personId);
  return typeof requestId === 'string' && othersRequestIds?.has(requestId) === true;
}

/** A request is what somebody asked for themselves, whatever it names; what was made for it may hold more. */
function isOthersRequest(row: SealedRow, { erasedAt, othersRequestIds }: Wanted): boolean {
  return erasedAt !== null && othersRequestIds?.has(row.subject_id) === true;
}

async function readPage(
  tx: SqlTx,
  shopId: string,
  { table, column, subject, select }: SealedSource,
  after: string | null,
): Promise<SealedRow[]> {
  return tx.query<SealedRow>(
    `WITH page AS (
       SELECT DISTINCT ${subject} AS subject FROM ${table}
       WHERE shop_id = $1::uuid AND ($2::uuid IS NULL OR ${subject} > $2::uuid) ORDER BY 1 LIMIT $3::int)
     SELECT ${subject} AS subject_id, ${select}, ${column} AS sealed FROM ${table}
     WHERE shop_id = $1::uuid AND ${subject} IN (SELECT subject FROM page) AND ${column} IS NOT NULL
     ORDER BY ${subject}`,
    [shopId, after, SUBJECTS_A_PAGE],
  );
}

async function openRequestsOf(tx: SqlTx, shopId: string): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(
    `SELECT id FROM app.privacy_requests WHERE shop_id = $1::uuid AND finished_at IS NULL`,
    [shopId],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Columns that hold sealed values of subjects and are in no list: found by what stands in them, not by their names. */
function unopenedColumns(services: GateServices, shopId: string, work: Work): Promise<string[]> {
  return compareForWork(services, shopId, work, async (prismaTx) => {
    const tx = sqlTxOfPrisma(prismaTx);
    const columns = await tx.query<{ relation: string; column: string; name: string }>(
      `SELECT format('%I.%I', n.nspname, c.relname) AS relation, quote_ident(a.attname) AS "column",
         n.nspname || '.' || c.relname || '.' || a.attname AS name
       FROM pg_catalog.pg_attribute a
       JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
         AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND a.atttypid = 'bytea'::regtype
         AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') ORDER BY 3`,
    );
    const known = new Set([...NOT_ABOUT_SHOPPERS, ...SEALED_SOURCES.map(({ table, column }) => `${table}.${column}`)]);
    const unopened: string[] = [];
    for (const { relation, column, name } of columns.filter((entry) => !known.has(entry.name))) {
      const rows = await tx.query(
        `SELECT 1 AS one FROM ${relation} t
         WHERE CASE WHEN octet_length(${column}) > $1::int
           THEN get_byte(${column}, 0) = 1 AND get_byte(${column}, 1) = 1 ELSE false END LIMIT 1`,
        [SHORTEST_SEALED_BYTES],
      );
      if (rows.length > 0) unopened.push(name);
    }
    return unopened;
  });
}

/** Keyed digests, hashes and wrapped keys are shorter than the shortest padded document (app/vault/envelope.ts). */
const SHORTEST_SEALED_BYTES = 128;

function together(a: SealedScan, b: SealedScan): SealedScan {
  const counts = new Map<string, Place>();
  for (const place of [...a.places, ...b.places]) {
    counts.set(place.where, { ...place, count: place.count + (counts.get(place.where)?.count ?? 0) });
  }
  return {
    places: [...counts.values()],
    compared: a.compared + b.compared,
    closed: a.closed + b.closed,
    shared: a.shared + b.shared,
    inOpenRequests: a.inOpenRequests + b.inOpenRequests,
    unopened: [...new Set([...a.unopened, ...b.unopened])],
  };
}
