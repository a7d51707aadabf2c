import pg from 'pg';
import { PgBoss } from 'pg-boss';

import { poolConfig } from '#app/data/connection.ts';
import { executorOf, JOB_SCHEMA } from '#app/data/job-schema.ts';
import { JOB_NAMES, JOBS, type JobData, type JobName } from '#app/jobs/definitions.ts';
import { errorCode } from '#app/errors.ts';
import { JobFailure } from '#app/jobs/failure.ts';
import type { AppLog } from '#app/log.ts';

/** What each job does. Throws to be tried again; the signal says that its time is up. */
export type JobHandlers = { readonly [Name in JobName]: (data: JobData<Name>, signal: AbortSignal) => Promise<void> };

export interface JobRunner {
  /** Takes no new job and waits for running ones. */
  stop(): Promise<void>;
}

/** How often a queue is looked at. One small indexed query each, so that a few connections do for all queues. */
const POLL_SECONDS = 1;
const CONNECTIONS = 4;
const STOP_TIMEOUT_MS = 15_000;

/**
 * Runs the jobs of {@link JOBS} and their schedules until stopped, as the database role `ci_jobs`. Many runners share
 * the work. What a job throws is stored and logged as a code, since messages may quote what they were about.
 */
export async function startJobs(options: {
  readonly databaseUrl: string;
  readonly handlers: JobHandlers;
  readonly log: AppLog;
}): Promise<JobRunner> {
  const { databaseUrl, handlers, log } = options;
  const pool = new pg.Pool(
    poolConfig(databaseUrl, 'ci_jobs', { applicationName: 'cart-insights jobs', max: CONNECTIONS }),
  );
  const onError = complain(log);
  pool.on('error', onError);
  const boss = new PgBoss({
    schema: JOB_SCHEMA,
    db: executorOf(pool),
    migrate: false,
    createSchema: false,
    // The role that runs jobs does not own the tables.
    reindex: false,
  });
  boss.on('error', onError);
  try {
    await boss.start();
    for (const name of JOB_NAMES) {
      await boss.work(name, { pollingIntervalSeconds: POLL_SECONDS }, async (jobs) => {
        for (const { data, signal } of jobs) await runJob(name, handlers, data, signal, log);
      });
    }
    await keepSchedules(boss);
  } catch (error) {
    await boss.stop({ graceful: false, close: false });
    await pool.end();
    throw error;
  }
  return {
    stop: async () => {
      await boss.stop({ graceful: true, timeout: STOP_TIMEOUT_MS, close: false });
      await pool.end();
    },
  };
}

/** While the database is away every queue fails once a second: said at once, and then now and again with how often. */
const COMPLAIN_EVERY_MS = 10_000;

/** What pg-boss could not do, as a log line for each code. */
export function complain(log: AppLog, clock: () => number = () => performance.now()): (error: unknown) => void {
  const said = new Map<string, { at: number; unsaid: number }>();
  return (error) => {
    const code = codeOf(error);
    const before = said.get(code) ?? { at: -Infinity, unsaid: 0 };
    const count = before.unsaid + 1;
    if (clock() - before.at < COMPLAIN_EVERY_MS) {
      before.unsaid = count;
      return;
    }
    said.set(code, { at: clock(), unsaid: 0 });
    log.error('jobs.failed', { code, count });
  };
}

/** pg-boss hands out copies of errors, which are none themselves. */
function codeOf(error: unknown): string {
  if (error instanceof Error || typeof error !== 'object' || error === null) return errorCode(error);
  return errorCode(Object.assign(new Error(), error));
}

async function runJob<Name extends JobName>(
  name: Name,
  handlers: JobHandlers,
  data: unknown,
  signal: AbortSignal,
  log: AppLog,
): Promise<void> {
  try {
    await handlers[name](JOBS[name].data.parse(data) as JobData<Name>, signal);
  } catch (error) {
    const code = errorCode(error);
    log.warn('job.failed', { job: name, code });
    throw new JobFailure(code);
  }
}

/** Schedules are rows: those of jobs that no longer exist, or no longer run by the clock, are taken away. */
async function keepSchedules(boss: PgBoss): Promise<void> {
  for (const { name } of await boss.getSchedules()) {
    if (!JOB_NAMES.some((known) => known === name && JOBS[known].cron !== null)) await boss.unschedule(name);
  }
  for (const name of JOB_NAMES) {
    const { cron } = JOBS[name];
    if (cron !== null) await boss.schedule(name, cron, {}, { tz: 'UTC', singletonKey: name });
  }
}
