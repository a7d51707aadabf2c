import { type LogQuery, PEOPLE } from '#app/access/log/address.ts';
import type { Outcome } from '#app/access/record.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import type { ShopTx } from '#app/data/with-shop.ts';

export const RECORDS_PER_PAGE = 50;

/** One record as the page shows it: nothing in it names a customer. */
export interface LogRow {
  readonly seq: number;
  readonly atMs: number;
  readonly actor: string;
  readonly purpose: string;
  readonly page: string;
  readonly outcome: Outcome;
  readonly reason: string | null;
  /** Names of the registry. */
  readonly fields: readonly string[];
  /** How many people, where it is known. */
  readonly people: number | null;
  /** How many people, carts and orders had something opened. */
  readonly subjects: number;
  readonly values: number;
  readonly hash: string;
}

interface Row {
  seq: bigint;
  at: Date;
  actor: string;
  purpose: string;
  page: string;
  outcome: Outcome;
  reason: string | null;
  fields: string[];
  people_count: number | null;
  subjects: number;
  value_count: number;
  hash: string;
}

/** The newest records that a query asks for, at most `atMost`, newest first. */
export async function listAccessRecords(
  tx: ShopTx,
  shopId: string,
  query: LogQuery,
  { timeZone, atMost }: { readonly timeZone: string | null; readonly atMost: number },
): Promise<LogRow[]> {
  const { actor, purpose, page, from, to, before } = query;
  const conditions: string[] = ['shop_id = $1::uuid'];
  const params: unknown[] = [shopId];
  const where = (condition: (parameter: string) => string, value: unknown) => {
    if (value === null) return;
    params.push(value);
    conditions.push(condition(`$${String(params.length)}`));
  };
  where((p) => `seq < ${p}::bigint`, before);
  // Written as the index of these records has it.
  if (actor === PEOPLE) conditions.push("actor NOT LIKE 'system:%'");
  else where((p) => `actor = ${p}`, actor);
  where((p) => `purpose = ${p}`, purpose);
  where((p) => `page = ${p}`, page);
  params.push(timeZone ?? 'UTC');
  const zone = `$${String(params.length)}`;
  where((p) => `at >= ${p}::date::timestamp AT TIME ZONE ${zone}`, from);
  where((p) => `at < (${p}::date + 1)::timestamp AT TIME ZONE ${zone}`, to);
  params.push(atMost);
  const rows = await sqlTxOfPrisma(tx).query<Row>(
    `SELECT seq, at, actor, purpose, page, outcome, reason, fields, people_count, cardinality(subjects) AS subjects,
       value_count, encode(hash, 'hex') AS hash
     FROM app.access_records WHERE ${conditions.join(' AND ')} AND ${zone}::text IS NOT NULL
     ORDER BY seq DESC LIMIT $${String(params.length)}::int`,
    params,
  );
  return rows.map((row) => ({
    seq: Number(row.seq),
    atMs: row.at.getTime(),
    actor: row.actor,
    purpose: row.purpose,
    page: row.page,
    outcome: row.outcome,
    reason: row.reason,
    fields: row.fields,
    people: row.people_count,
    subjects: row.subjects,
    values: row.value_count,
    hash: row.hash,
  }));
}

/** Everybody and every page that the log knows, for the filters: by skipping through an index and a short list. */
export async function listActors(tx: ShopTx, shopId: string): Promise<string[]> {
  const rows = await sqlTxOfPrisma(tx).query<{ actor: string | null }>(
    `WITH RECURSIVE known AS (
       (SELECT actor FROM app.access_records WHERE shop_id = $1::uuid ORDER BY actor LIMIT 1)
       UNION ALL
       SELECT (SELECT r.actor FROM app.access_records r WHERE r.shop_id = $1::uuid AND r.actor > known.actor
         ORDER BY r.actor LIMIT 1)
       FROM known WHERE known.actor IS NOT NULL
     ) SELECT actor FROM known WHERE actor IS NOT NULL`,
    [shopId],
  );
  return rows.flatMap(({ actor }) => actor ?? []);
}
