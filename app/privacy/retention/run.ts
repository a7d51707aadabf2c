import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';

import { waitForShopLock } from '#app/data/shop-lock.ts';
import { type SqlTx, sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { type Database, withShop } from '#app/data/with-shop.ts';
import type { AppLog } from '#app/log.ts';
import type { RetentionTerms } from '#app/privacy/retention.ts';
import { BATCH_LIMITS, type BatchLimits, type Counts, plus } from '#app/privacy/retention/batch.ts';
import { type ClockProblem, findClockProblem } from '#app/privacy/retention/clock.ts';
import { planRun, type RunPlan } from '#app/privacy/retention/plan.ts';
import { listSettings, termsInForce } from '#app/privacy/retention/settings.ts';
import { STEPS } from '#app/privacy/retention/steps/index.ts';
import { termsOf } from '#app/privacy/retention/terms.ts';

export interface RetentionDeps {
  readonly db: Database;
  readonly now: () => Date;
  readonly log: AppLog;
  /** The database's clock; asked for again here so that a test can turn it. */
  readonly databaseNow?: (tx: SqlTx) => Promise<Date>;
  readonly limits?: BatchLimits;
}

export interface RunOptions {
  /** Who asked for it: `system:schedule` or `operator:name`. */
  readonly actor: string;
  /** Somebody has looked at the clock: it is right, however long nothing was heard. */
  readonly isClockRight?: boolean;
}

/** Why a run ended before its end. */
export type StopReason = ClockProblem | 'settings-changed' | 'superseded';

export interface RunOutcome {
  readonly runId: string;
  readonly state: 'done' | 'stopped';
  readonly reason: StopReason | null;
  readonly plan: RunPlan | null;
  /** What was in force; null for a run that never began. */
  readonly terms: RetentionTerms | null;
  readonly removed: Counts;
  readonly batches: number;
}

/** A run that was broken off goes on where it was for as long as this; after that a new one takes its place. */
const RESUME_WITHIN_MS = 24 * 3_600_000;

const progressShape = z.object({
  step: z.number(),
  cursor: z.string().nullable(),
  batches: z.number(),
  removed: z.record(z.string(), z.number()),
});
type Progress = z.infer<typeof progressShape>;
const START: Progress = { step: 0, cursor: null, batches: 0, removed: {} };

interface Run {
  readonly id: string;
  readonly moment: Date;
  readonly terms: RetentionTerms;
  readonly plan: RunPlan;
}

interface StoredRun {
  id: string;
  moment: Date;
  state: 'running' | 'done' | 'stopped';
  reason: StopReason | null;
  settings_version: number;
  terms: unknown;
  plan: RunPlan;
  progress: unknown;
}

/**
 * Removes what has had its time in one shop.
 *
 * The run's row is committed before anything goes and says what will: counts, terms, moment. Then batches, each in a
 * transaction of its own under the shop's lock, with its progress in the same transaction, so that a run killed anywhere
 * is taken up by the next call. A change of the settings ends it; a clock that cannot be right keeps it from beginning.
 *
 * Two calls at once work on the same run and do each batch once.
 */
export async function runRetention(
  deps: RetentionDeps,
  shopId: string,
  options: RunOptions,
  signal?: AbortSignal,
): Promise<RunOutcome> {
  const { log } = deps;
  const begun = await locked(deps, shopId, (tx) => beginRun(deps, tx, shopId, options));
  if ('stopped' in begun) {
    log.error('retention.stopped', { shopId, reason: begun.stopped });
    return {
      runId: begun.id,
      state: 'stopped',
      reason: begun.stopped,
      plan: null,
      terms: null,
      removed: {},
      batches: 0,
    };
  }
  for (;;) {
    signal?.throwIfAborted();
    const ended = await locked(deps, shopId, (tx) => runBatch(deps, tx, shopId, begun));
    if (ended === null) continue;
    const count = Object.values(ended.removed).reduce((sum, removed) => sum + removed, 0);
    log.info('retention.done', { shopId, count, ...(ended.reason === null ? {} : { reason: ended.reason }) });
    return { ...ended, plan: begun.plan, terms: begun.terms };
  }
}

function locked<T>({ db }: RetentionDeps, shopId: string, work: (tx: SqlTx) => Promise<T>): Promise<T> {
  return withShop(db, shopId, async (prisma) => {
    const tx = sqlTxOfPrisma(prisma);
    await waitForShopLock(tx, shopId);
    return work(tx);
  });
}

async function beginRun(
  deps: RetentionDeps,
  tx: SqlTx,
  shopId: string,
  { actor, isClockRight = false }: RunOptions,
): Promise<Run | { readonly id: string; readonly stopped: ClockProblem }> {
  const moment = deps.now();
  const versions = await listSettings(tx, shopId);
  const version = versions[0]?.version ?? 0;
  const [open] = await tx.query<StoredRun>(
    `SELECT id, moment, state, reason, settings_version, terms, plan, progress FROM app.retention_runs
     WHERE shop_id = $1::uuid AND state = 'running' ORDER BY started_at DESC LIMIT 1`,
    [shopId],
  );
  const age = open === undefined ? 0 : moment.getTime() - open.moment.getTime();
  if (open?.settings_version === version && age >= 0 && age <= RESUME_WITHIN_MS) {
    return { id: open.id, moment: open.moment, terms: termsOf(open.terms), plan: open.plan };
  }
  if (open !== undefined) await endRun(tx, shopId, open.id, moment, 'superseded');

  const terms = termsInForce(versions, moment);
  const id = uuidv7();
  const problem = isClockRight ? null : await clockProblem(deps, tx, shopId, moment);
  const plan = problem === null ? await planRun(tx, shopId, terms, moment) : {};
  await tx.query(
    `INSERT INTO app.retention_runs (shop_id, id, started_at, finished_at, moment, actor, state, reason, settings_version,
       terms, plan, progress)
     VALUES ($1::uuid, $2::uuid, clock_timestamp(), CASE WHEN $5::text IS NULL THEN NULL ELSE clock_timestamp() END,
       $3::timestamptz, $4, CASE WHEN $5::text IS NULL THEN 'running' ELSE 'stopped' END, $5::text, $6::int, $7::jsonb,
       $8::jsonb, $9::jsonb)`,
    [shopId, id, moment, actor, problem, version, JSON.stringify(terms), JSON.stringify(plan), JSON.stringify(START)],
  );
  return problem === null ? { id, moment, terms, plan: plan as RunPlan } : { id, stopped: problem };
}

/** @returns null while there is more to do. */
async function runBatch(
  { limits = BATCH_LIMITS, now }: RetentionDeps,
  tx: SqlTx,
  shopId: string,
  { id, moment, terms }: Run,
): Promise<Omit<RunOutcome, 'plan' | 'terms'> | null> {
  const [stored] = await tx.query<StoredRun & { newest: number }>(
    `SELECT r.*, coalesce((SELECT max(version) FROM app.retention_settings WHERE shop_id = $1::uuid), 0) AS newest
     FROM app.retention_runs r WHERE r.shop_id = $1::uuid AND r.id = $2::uuid`,
    [shopId, id],
  );
  if (stored === undefined) throw new Error('The run is gone');
  const progress = progressShape.parse(stored.progress);
  const { removed, batches } = progress;
  if (stored.state !== 'running') return { runId: id, state: stored.state, reason: stored.reason, removed, batches };
  if (stored.newest !== stored.settings_version) {
    await endRun(tx, shopId, id, now(), 'settings-changed');
    return { runId: id, state: 'stopped', reason: 'settings-changed', removed, batches };
  }
  const step = STEPS[progress.step];
  if (step === undefined) {
    await endRun(tx, shopId, id, now(), null);
    return { runId: id, state: 'done', reason: null, removed, batches };
  }
  const result = await step.removeBatch({ tx, shopId, moment, terms, limits }, progress.cursor);
  const next: Progress = {
    step: result.next === null ? progress.step + 1 : progress.step,
    cursor: result.next,
    batches: batches + 1,
    removed: plus(removed, result.removed),
  };
  await tx.query('UPDATE app.retention_runs SET progress = $3::jsonb WHERE shop_id = $1::uuid AND id = $2::uuid', [
    shopId,
    id,
    JSON.stringify(next),
  ]);
  return null;
}

async function endRun(tx: SqlTx, shopId: string, id: string, at: Date, reason: StopReason | null): Promise<void> {
  await tx.query(
    `UPDATE app.retention_runs SET state = $4, reason = $5, finished_at = $3::timestamptz
     WHERE shop_id = $1::uuid AND id = $2::uuid`,
    [shopId, id, at, reason === null ? 'done' : 'stopped', reason],
  );
}

async function clockProblem(
  { databaseNow = askDatabase }: RetentionDeps,
  tx: SqlTx,
  shopId: string,
  now: Date,
): Promise<ClockProblem | null> {
  const [known] = await tx.query<{ at: Date | null }>(
    `SELECT greatest(
       (SELECT max(moment) FROM app.retention_runs WHERE shop_id = $1::uuid AND state <> 'stopped'),
       (SELECT max(last_changed_at) FROM app.carts WHERE shop_id = $1::uuid),
       (SELECT greatest(installed_at, uninstalled_at, created_at) FROM app.shops WHERE id = $1::uuid)) AS at`,
    [shopId],
  );
  return findClockProblem(now, await databaseNow(tx), known?.at ?? now);
}

async function askDatabase(tx: SqlTx): Promise<Date> {
  const [row] = await tx.query<{ at: Date }>('SELECT clock_timestamp() AS at');
  if (row === undefined) throw new Error('The database did not say what time it is');
  return row.at;
}
