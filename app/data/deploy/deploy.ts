import pg, { type Client } from 'pg';

import { poolConfig } from '#app/data/connection.ts';
import { databaseMessage, DeployError } from '#app/data/deploy/errors.ts';
import { deployJobQueue, type QueueDefinition } from '#app/data/deploy/job-queue.ts';
import { applyMigrations, readMigrations } from '#app/data/deploy/migrations.ts';
import { keepLogsQuiet } from '#app/data/deploy/quiet-logs.ts';
import { createLogin, createRoles, prepareDatabase } from '#app/data/deploy/roles.ts';
import { DATABASE_ROLES, type DatabaseRole } from '#app/data/roles.ts';

/** Any number will do as long as every deployment takes the same one. */
const DEPLOY_LOCK = 4_213_771_902;
const CLUSTER_LOCK = 4_213_771_903;
const OLDEST_POSTGRES = 160_000;
const APPLICATION_NAME = 'cart-insights deploy';
/** A deployment is run by somebody who can wait, and perhaps while a server comes up. */
const PATIENT = { applicationName: APPLICATION_NAME, statementTimeoutMs: 0, connectTimeoutMs: 30_000 };

export interface Deployment {
  /** The user that deploys: owns the database and may create roles. */
  readonly deployUrl: string;
  /** The user the programs log in as; created when missing. */
  readonly loginUrl: string;
  readonly migrationsDirectory: string;
  readonly queues: readonly QueueDefinition[];
}

export interface DeployReport {
  readonly appliedMigrations: readonly string[];
  /** Sentences an operator should read. */
  readonly notes: readonly string[];
}

/**
 * Brings a database to the state this version of the app expects: roles, login user, migrations, job queue.
 * Doing it again changes nothing; two at once wait for each other.
 *
 * @throws DeployError with one message that says what is wrong.
 */
export async function deployDatabase(deployment: Deployment): Promise<DeployReport> {
  const deployer = await connect(deployment.deployUrl, null, 'the deploying user');
  try {
    await requireSupportedPostgres(deployer);
    await deployer.query('SELECT pg_advisory_lock($1)', [DEPLOY_LOCK]);
    const notes = await withClusterLock(deployment.deployUrl, async () => [
      ...(await createRoles(deployer)),
      ...(await createLogin(deployer, deployment.loginUrl)),
    ]);
    await prepareDatabase(deployer);
    notes.push(...(await keepLogsQuiet(deployer)));
    const appliedMigrations = await applyMigrations(
      { ...ownerConfig(deployment.deployUrl), max: 1 },
      await readMigrations(deployment.migrationsDirectory),
    );
    const owner = await connect(deployment.deployUrl, DATABASE_ROLES.owner, DATABASE_ROLES.owner);
    try {
      await deployJobQueue(owner, deployment.queues);
    } finally {
      await owner.end();
    }
    return { appliedMigrations, notes };
  } catch (error) {
    throw error instanceof DeployError ? error : new DeployError(explain(error));
  } finally {
    await deployer.end();
  }
}

/** The owner's connection: a migration may run long, so no statement is cut off. */
export function ownerConfig(deployUrl: string): pg.PoolConfig {
  return poolConfig(deployUrl, DATABASE_ROLES.owner, { ...PATIENT, max: 1, idleTimeoutMs: 0 });
}

async function connect(url: string, role: DatabaseRole | null, who: string): Promise<Client> {
  const client = new pg.Client(poolConfig(url, role, PATIENT));
  try {
    await client.connect();
    return client;
  } catch (error) {
    throw new DeployError(`The database does not let ${who} in: ${databaseMessage(error)}.`);
  }
}

/** Roles belong to the whole server, while advisory locks belong to one database: so this one is taken in `postgres`. */
async function withClusterLock<T>(deployUrl: string, act: () => Promise<T>): Promise<T> {
  const config = poolConfig(deployUrl, null, PATIENT);
  const client = new pg.Client({ ...config, database: 'postgres' });
  try {
    await client.connect();
  } catch {
    // A hosted server may keep its maintenance database to itself; then its one database of ours has no rival.
    return await act();
  }
  try {
    await client.query('SELECT pg_advisory_lock($1)', [CLUSTER_LOCK]);
    return await act();
  } finally {
    await client.end();
  }
}

async function requireSupportedPostgres(client: Client): Promise<void> {
  const { rows } = await client.query<{ version: number }>(
    `SELECT current_setting('server_version_num')::int AS version`,
  );
  if ((rows[0]?.version ?? 0) < OLDEST_POSTGRES) throw new DeployError('PostgreSQL 16 or newer is needed.');
}

function explain(error: unknown): string {
  const isDenied = error instanceof pg.DatabaseError && error.code === '42501';
  return isDenied
    ? `The deploying user lacks a right: ${error.message}. It has to own the database and be allowed to create roles.`
    : `The database could not be deployed: ${databaseMessage(error)}.`;
}
