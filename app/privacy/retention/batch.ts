import type { SqlTx } from '#app/data/sql-tx.ts';
import type { RetentionTerms } from '#app/privacy/retention.ts';

/** What one batch works with: a transaction that holds the shop's lock, and the run it is part of. */
export interface BatchContext {
  readonly tx: SqlTx;
  readonly shopId: string;
  /** Every term is measured from here, in every batch of the run. */
  readonly moment: Date;
  readonly terms: RetentionTerms;
  readonly limits: BatchLimits;
}

/** How much one transaction may do, so that nobody waits long for the lock. */
export interface BatchLimits {
  /** Rows looked at. */
  readonly look: number;
  /** Rows removed. */
  readonly remove: number;
  /** States of carts removed. */
  readonly states: number;
}

export const BATCH_LIMITS: BatchLimits = { look: 2_000, remove: 500, states: 2_000 };

/** Numbers of what was removed, by name. */
export type Counts = Readonly<Record<string, number>>;

export interface BatchResult {
  readonly removed: Counts;
  /** Where the next batch of this step goes on; null when the step has come to its end. */
  readonly next: string | null;
}

/** One kind of thing that is removed. Batches may be repeated and broken off anywhere: each leaves nothing half done. */
export interface Step {
  readonly name: string;
  removeBatch(context: BatchContext, cursor: string | null): Promise<BatchResult>;
}

/** Before every id there is. */
export const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** Adds up. */
export function plus(counts: Counts, more: Counts): Counts {
  const sum: Record<string, number> = { ...counts };
  for (const [name, count] of Object.entries(more)) if (count > 0) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
