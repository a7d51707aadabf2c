import { z } from 'zod';

import type { SqlTx } from '#app/data/sql-tx.ts';
import type { Counts } from '#app/privacy/retention/batch.ts';
import type { StopReason } from '#app/privacy/retention/run.ts';

/** A run as a list shows it. */
export interface RunSummary {
  readonly id: string;
  readonly startedAtMs: number;
  readonly state: 'running' | 'done' | 'stopped';
  readonly reason: StopReason | null;
  /** Whether the clock asked for it, or an operator. */
  readonly by: 'schedule' | 'operator';
  /** What was going to go, by rule. */
  readonly planned: Counts;
  readonly removed: Counts;
}

const planShape = z.record(z.string(), z.object({ due: z.number() })).catch({});
const progressShape = z.object({ removed: z.record(z.string(), z.number()) }).catch({ removed: {} });

/** The shop's runs, newest first. */
export async function listRuns(tx: SqlTx, shopId: string, atMost: number): Promise<RunSummary[]> {
  const rows = await tx.query<{
    id: string;
    started_at: Date;
    state: RunSummary['state'];
    reason: StopReason | null;
    actor: string;
    plan: unknown;
    progress: unknown;
  }>(
    `SELECT id, started_at, state, reason, actor, plan, progress FROM app.retention_runs WHERE shop_id = $1::uuid
     ORDER BY started_at DESC, id DESC LIMIT $2::int`,
    [shopId, atMost],
  );
  return rows.map(({ id, started_at: startedAt, state, reason, actor, plan, progress }) => ({
    id,
    startedAtMs: startedAt.getTime(),
    state,
    reason,
    by: actor.startsWith('operator:') ? 'operator' : 'schedule',
    planned: Object.fromEntries(Object.entries(planShape.parse(plan)).map(([rule, { due }]) => [rule, due])),
    removed: progressShape.parse(progress).removed,
  }));
}
