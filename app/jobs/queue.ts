import pg from 'pg';
import { PgBoss } from 'pg-boss';

import { poolConfig } from '#app/data/connection.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { executorOf, JOB_SCHEMA } from '#app/data/job-schema.ts';
import { JOBS, type JobData, type JobName, jobKey } from '#app/jobs/definitions.ts';
import { errorCode } from '#app/errors.ts';
import type { AppLog } from '#app/log.ts';

/** Where pages, the session storage and the worker leave work for later. */
export interface JobQueue {
  /** Adds a job that exists if and only if the caller's transaction commits. */
  add<Name extends JobName>(tx: SqlTx, name: Name, data: JobData<Name>): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the queue for adding. One connection of its own, as `ci_app`, learns which queues there are; jobs are written
 * over the callers' connections.
 *
 * @throws the database's error when it cannot be reached or has not been deployed.
 */
export async function openJobQueue(options: { readonly databaseUrl: string; readonly log: AppLog }): Promise<JobQueue> {
  const onError = (error: unknown) => {
    options.log.warn('jobs.unreachable', { code: errorCode(error) });
  };
  const pool = new pg.Pool(
    poolConfig(options.databaseUrl, 'ci_app', { applicationName: 'cart-insights job queue', max: 1 }),
  );
  pool.on('error', onError);
  const boss = new PgBoss({
    schema: JOB_SCHEMA,
    db: executorOf(pool),
    migrate: false,
    createSchema: false,
    supervise: false,
    schedule: false,
  });
  boss.on('error', onError);
  const close = async () => {
    await boss.stop({ graceful: false, close: false });
    await pool.end();
  };
  try {
    await boss.start();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    add: async (tx, name, data) => {
      const key = jobKey(name, data);
      await boss.send(name, JOBS[name].data.parse(data), {
        ...(key === null ? {} : { singletonKey: key }),
        db: { executeSql: async (text, values) => ({ rows: await tx.query(text, values ?? []) }) },
      });
    },
    close,
  };
}
