import type { SqlTx } from '#app/data/sql-tx.ts';
import { RETENTION_RULES, type RetentionRuleName, type RetentionTerms } from '#app/privacy/retention.ts';
import { expiringSql, ROW_RULES, type RowRule } from '#app/privacy/retention/expiry.ts';

/** What is going to go under a rule. */
export interface PlannedRule {
  readonly due: number;
  /** What was last changed at or before this goes. */
  readonly cutoff: string;
}

/** What a run is going to remove, written down before it does. */
export type RunPlan = Readonly<Record<RowRule, PlannedRule>>;

/** Counts what has had its time at `moment`. */
export async function planRun(tx: SqlTx, shopId: string, terms: RetentionTerms, moment: Date): Promise<RunPlan> {
  const rows = await tx.query<{ rule: string; due: number }>(
    `SELECT rule, count(*)::int AS due FROM (${expiringSql(terms)}) AS expiring
     WHERE ends_at <= $2::timestamptz GROUP BY rule`,
    [shopId, moment],
  );
  const due = new Map(rows.map((row) => [row.rule, row.due]));
  return Object.fromEntries(
    ROW_RULES.map((rule) => [rule, { due: due.get(rule) ?? 0, cutoff: cutoffOf(terms, rule, moment).toISOString() }]),
  ) as RunPlan;
}

/** The term counted back from `moment`, for people to read; what goes is decided by the end of each row's term. */
export function cutoffOf(terms: RetentionTerms, rule: RetentionRuleName, moment: Date): Date {
  const cutoff = new Date(moment);
  if (RETENTION_RULES[rule].unit === 'days') cutoff.setUTCDate(cutoff.getUTCDate() - terms[rule]);
  else cutoff.setUTCMonth(cutoff.getUTCMonth() - terms[rule]);
  return cutoff;
}
