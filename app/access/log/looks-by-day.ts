import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import type { ShopTx } from '#app/data/with-shop.ts';

export const CHARTED_DAYS = 30;
/** So many of the newest records are counted at most: the page stays quick in a shop where very many look. */
const COUNTED_AT_MOST = 10_000;

/** Looks of one day of the shop, by people: what the app does by itself is not among them. */
export interface LooksOfDay {
  /** `2026-11-26` */
  readonly day: string;
  readonly looks: number;
  /** Those in which something of a person was opened: name or e-mail. */
  readonly withNames: number;
  readonly values: number;
}

export interface LooksByDay {
  /** Oldest first, days without a look among them. */
  readonly days: readonly LooksOfDay[];
  /** From when on everything is counted; null when that is all of the days. */
  readonly countedFromMs: number | null;
}

interface Row {
  day: string;
  looks: number;
  with_names: number;
  values: number;
  counted: number;
  oldest: Date | null;
}

/** How often people looked on each of the last thirty days of the shop, today among them. */
export async function readLooksByDay(
  tx: ShopTx,
  shopId: string,
  { timeZone, now }: { readonly timeZone: string | null; readonly now: Date },
): Promise<LooksByDay> {
  const rows = await sqlTxOfPrisma(tx).query<Row>(
    `WITH newest AS (
       SELECT (at AT TIME ZONE $3)::date AS day, at, outcome, fields, value_count FROM app.access_records
       WHERE shop_id = $1::uuid AND actor NOT LIKE 'system:%' ORDER BY seq DESC LIMIT $5::int
     ), days AS (
       SELECT ($2::timestamptz AT TIME ZONE $3)::date - ago AS day FROM generate_series(0, $4::int - 1) AS ago
     )
     SELECT to_char(d.day, 'YYYY-MM-DD') AS day, count(n.day)::int AS looks,
       count(n.day) FILTER (WHERE EXISTS (SELECT FROM unnest(n.fields) AS f WHERE f LIKE 'app.people.%'))::int AS with_names,
       coalesce(sum(n.value_count), 0)::int AS values,
       (SELECT count(*) FROM newest)::int AS counted, (SELECT min(at) FROM newest) AS oldest
     FROM days d LEFT JOIN newest n ON n.day = d.day AND n.outcome = 'opened'
     GROUP BY d.day ORDER BY d.day`,
    [shopId, now, timeZone ?? 'UTC', CHARTED_DAYS, COUNTED_AT_MOST],
  );
  const { counted = 0, oldest = null } = rows[0] ?? {};
  const isCut =
    counted === COUNTED_AT_MOST && oldest !== null && oldest.getTime() > now.getTime() - CHARTED_DAYS * DAY_MS;
  return {
    days: rows.map(({ day, looks, with_names, values }) => ({ day, looks, withNames: with_names, values })),
    countedFromMs: isCut ? oldest.getTime() : null,
  };
}

const DAY_MS = 86_400_000;
