import type { SqlTx } from '#app/data/sql-tx.ts';
import type { RetentionTerms } from '#app/privacy/retention.ts';
import { expiringSql, ROW_RULES, type RowRule } from '#app/privacy/retention/expiry.ts';

/** How much of one kind goes, and when, if the terms are these and nothing changes any more. */
export interface RulePreview {
  readonly held: number;
  /** What has had its time already: the next run takes it. */
  readonly now: number;
  /** How much more goes in each of the months that follow. */
  readonly later: readonly number[];
}

export interface RetentionPreview {
  /** Months that `later` counts, as YYYY-MM; the first is the current one. */
  readonly months: readonly string[];
  readonly rules: Readonly<Record<RowRule, RulePreview>>;
}

/** As far as the longest term reaches, so that everything that is held is in the picture. */
const MONTHS_AHEAD = 14;

/**
 * The retention time machine: computed from the rows that are there, by the same sentence that decides what goes.
 *
 * Only counts; nothing is opened.
 */
export async function previewRetention(
  tx: SqlTx,
  shopId: string,
  terms: RetentionTerms,
  now: Date,
): Promise<RetentionPreview> {
  const rows = await tx.query<{ rule: RowRule; month: string | null; rows: number }>(
    `SELECT rule, CASE WHEN ends_at > $2::timestamptz THEN to_char(ends_at AT TIME ZONE 'UTC', 'YYYY-MM') END AS month,
       count(*)::int AS rows
     FROM (${expiringSql(terms)}) AS expiring GROUP BY 1, 2`,
    [shopId, now],
  );
  const months = Array.from({ length: MONTHS_AHEAD }, (_, index) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + index)).toISOString().slice(0, 7),
  );
  const countOf = (rule: RowRule, month: string | null) =>
    rows.find((row) => row.rule === rule && row.month === month)?.rows ?? 0;
  const rules = Object.fromEntries(
    ROW_RULES.map((rule) => [
      rule,
      {
        held: rows.filter((row) => row.rule === rule).reduce((sum, row) => sum + row.rows, 0),
        now: countOf(rule, null),
        later: months.map((month) => countOf(rule, month)),
      },
    ]),
  ) as unknown as Record<RowRule, RulePreview>;
  return { months, rules };
}
