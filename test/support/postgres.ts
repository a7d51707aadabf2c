import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import pg from 'pg';

import { deployDatabase, ownerConfig } from '#app/data/deploy/deploy.ts';
import type { QueueDefinition } from '#app/data/deploy/job-queue.ts';
import { createRoles, prepareDatabase } from '#app/data/deploy/roles.ts';
import type { ShadowDatabase } from '#app/data/deploy/schema-engine.ts';
import { postgresUrl, type PostgresAddress } from '#test/support/postgres-server.ts';

export {
  findFreePort,
  postgresUrl,
  startPostgres,
  type PostgresAddress,
  type PostgresServer,
} from '#test/support/postgres-server.ts';

/** The user the programs log in as, in tests and in the demo. */
export const LOGIN = 'cart_insights';

export const MIGRATIONS_DIRECTORY = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

export interface TestDatabase {
  readonly name: string;
  /** For the programs: a user that may only become one of the program roles. Over the Unix socket. */
  readonly url: string;
  /** For looking behind the scenes. Over TCP. */
  readonly superuserUrl: string;
  /** Removes the database, cutting whoever is still connected. */
  drop(): Promise<void>;
}

/** A server with a migrated database to clone; plain data, so that it can be handed to another process. */
export interface PostgresTemplate {
  readonly address: PostgresAddress;
  readonly template: string;
  readonly loginPassword: string;
}

/** Makes the roles and one empty, migrated database on a fresh server. */
export async function createTemplate(
  address: PostgresAddress,
  queues: readonly QueueDefinition[] = [],
  migrationsDirectory = MIGRATIONS_DIRECTORY,
): Promise<PostgresTemplate> {
  const template = 'ci_template';
  const loginPassword = randomBytes(18).toString('base64url');
  await runAsSuperuser(address, `CREATE DATABASE ${template}`);
  await deployDatabase({
    deployUrl: postgresUrl(address, template),
    loginUrl: postgresUrl(address, template, { user: LOGIN, password: loginPassword }),
    migrationsDirectory,
    queues,
  });
  return { address: plain(address), template, loginPassword };
}

const CLOSING_ROUNDS = 40;
const CLOSING_PAUSE_MS = 25;

/** Clones the template: a migrated database of one's own. */
export async function createDatabase(from: PostgresTemplate): Promise<TestDatabase> {
  const { address, template, loginPassword } = from;
  const name = `ci_${randomBytes(6).toString('hex')}`;
  // Concurrent clones of one template are fine; only a connection to the template itself would stand in the way.
  await runAsSuperuser(address, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  return {
    name,
    url: postgresUrl(address, name, { user: LOGIN, password: loginPassword }),
    superuserUrl: postgresUrl(address, name, { over: 'tcp' }),
    drop: () => dropDatabase(address, name),
  };
}

/**
 * Makes the databases on which Prisma's engine tries the migrations out: empty, and prepared as `db:deploy` would.
 *
 * @returns a function that makes one such database.
 */
export function createShadowDatabases(address: PostgresAddress): () => Promise<ShadowDatabase> {
  return async () => {
    const name = `ci_shadow_${randomBytes(6).toString('hex')}`;
    await runAsSuperuser(address, `CREATE DATABASE ${name}`);
    const url = postgresUrl(address, name);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await createRoles(client);
      await prepareDatabase(client);
    } finally {
      await client.end();
    }
    return { config: ownerConfig(url), drop: () => runAsSuperuser(address, `DROP DATABASE ${name} WITH (FORCE)`) };
  };
}

/**
 * Drops a database, cutting whoever is still connected. A moment is left to connections that are being closed: a client
 * that is cut after its pool let go of it has nobody to tell.
 */
async function dropDatabase(address: PostgresAddress, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl(address, 'postgres') });
  await client.connect();
  try {
    for (let round = 0; round < CLOSING_ROUNDS; round += 1) {
      const { rowCount } = await client.query('SELECT FROM pg_stat_activity WHERE datname = $1', [name]);
      if (rowCount === 0) break;
      await sleep(CLOSING_PAUSE_MS);
    }
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  } finally {
    await client.end();
  }
}

/** Runs one statement in the server's maintenance database. */
export async function runAsSuperuser(address: PostgresAddress, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl(address, 'postgres') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function plain({ socketDirectory, port, superuserPassword }: PostgresAddress): PostgresAddress {
  return { socketDirectory, port, superuserPassword };
}
