import type { Client } from 'pg';
import { getConstructionPlans, getMigrationPlans, PgBoss, type Queue } from 'pg-boss';

import { DeployError } from '#app/data/deploy/errors.ts';
import { executorOf, JOB_SCHEMA } from '#app/data/job-schema.ts';
import { DATABASE_ROLES } from '#app/data/roles.ts';

/** A queue of app/jobs/definitions.ts, in pg-boss's own terms. */
export type QueueDefinition = Queue;

/** pg-boss passes scheduled jobs through a queue of its own, which it would otherwise create while it starts. */
const SCHEDULE_QUEUE: QueueDefinition = { name: '__pgboss__send-it' };

/**
 * Brings pg-boss's schema and queues to the state this version of the app expects, so that no program changes the
 * schema at run time. Queues that are no longer defined stay, with their jobs.
 *
 * @param owner a connection that acts as the owner role.
 */
export async function deployJobQueue(owner: Client, queues: readonly QueueDefinition[]): Promise<void> {
  const plan = getConstructionPlans(JOB_SCHEMA);
  const wanted = Number(/INTO pgboss\.version\(version\) VALUES \('(\d+)'\)/.exec(plan)?.[1]);
  if (!Number.isInteger(wanted))
    throw new DeployError('The installed pg-boss does not say which schema version it needs.');

  const installed = await getSchemaVersion(owner);
  if (installed === null) await owner.query(plan);
  else if (installed < wanted) await owner.query(getMigrationPlans(JOB_SCHEMA, installed));
  else if (installed > wanted) {
    throw new DeployError(
      `The job queue in the database has version ${String(installed)}, newer than this app's ${String(wanted)}: deploy a newer app.`,
    );
  }
  await deployQueues(owner, [SCHEDULE_QUEUE, ...queues]);
  await owner.query(GRANTS);
}

async function getSchemaVersion(client: Client): Promise<number | null> {
  const { rows: tables } = await client.query<{ name: string | null }>(
    `SELECT to_regclass('${JOB_SCHEMA}.version')::text AS name`,
  );
  if (tables[0]?.name == null) return null;
  const { rows } = await client.query<{ version: number }>(`SELECT version FROM ${JOB_SCHEMA}.version`);
  return rows[0]?.version ?? null;
}

async function deployQueues(owner: Client, queues: readonly QueueDefinition[]): Promise<void> {
  const boss = new PgBoss({
    db: executorOf(owner),
    schema: JOB_SCHEMA,
    migrate: false,
    supervise: false,
    schedule: false,
  });
  const failures: unknown[] = [];
  boss.on('error', (error) => failures.push(error));
  await boss.start();
  try {
    for (const { name, ...options } of queues) {
      if ((await boss.getQueue(name)) === null) await boss.createQueue(name, options);
      // The policy and the place of a queue are decided once; pg-boss refuses to change them.
      const { policy: _policy, partition: _partition, ...changeable } = options;
      if (Object.keys(changeable).length > 0) await boss.updateQueue(name, changeable);
    }
  } finally {
    await boss.stop({ graceful: false, close: false });
  }
  if (failures.length > 0) throw failures[0];
}

/** The worker runs jobs; pages may add one inside their own transaction and see nothing of the rest. */
const { jobs, app } = DATABASE_ROLES;
const GRANTS = `
  REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ${JOB_SCHEMA} FROM PUBLIC;
  GRANT USAGE ON SCHEMA ${JOB_SCHEMA} TO ${jobs}, ${app};
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${JOB_SCHEMA} TO ${jobs};
  GRANT EXECUTE ON FUNCTION ${JOB_SCHEMA}.create_queue(text, jsonb) TO ${jobs};
  GRANT SELECT ON ${JOB_SCHEMA}.version, ${JOB_SCHEMA}.queue TO ${app};
  GRANT INSERT, SELECT (id) ON ${JOB_SCHEMA}.job, ${JOB_SCHEMA}.job_common TO ${app};
`;
