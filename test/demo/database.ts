import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';

import { deployDatabase } from '#app/data/deploy/deploy.ts';
import { DeployError } from '#app/data/deploy/errors.ts';
import { QUEUES } from '#app/jobs/definitions.ts';
import { getServerAccount, placeForData } from '#test/support/postgres-files.ts';
import {
  LOGIN,
  MIGRATIONS_DIRECTORY,
  postgresUrl,
  startPostgres,
  type PostgresServer,
} from '#test/support/postgres.ts';

const DATABASE = 'cart_insights';
const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 10_000;

export interface DemoDatabase {
  readonly server: PostgresServer;
  /** For the programs. Over the Unix socket. */
  readonly url: string;
  /** For looking behind the scenes. Over TCP. */
  readonly superuserUrl: string;
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL on the data in this folder and brings the database up to date. The server is started again whenever
 * it dies.
 *
 * @param onDeath told when the server ended unasked, and again when it is back.
 */
export async function startDatabase(
  directory: string,
  loginPassword: string,
  onDeath: (event: 'died' | 'back') => void,
): Promise<DemoDatabase> {
  const server = await startPostgres({ directory });
  let isStopping = false;
  const isEnding = (): boolean => isStopping;
  const watch = async (): Promise<void> => {
    for (;;) {
      await server.ended();
      if (isEnding()) return;
      onDeath('died');
      await startAgain(server, isEnding);
      if (isEnding()) return;
      onDeath('back');
    }
  };
  const url = postgresUrl(server, DATABASE, { user: LOGIN, password: loginPassword });
  const stop = async (): Promise<void> => {
    isStopping = true;
    await server.stop();
    await watching;
  };
  const watching = watch();
  try {
    await createDatabase(server);
    await deployDatabase({
      deployUrl: postgresUrl(server, DATABASE),
      loginUrl: url,
      migrationsDirectory: MIGRATIONS_DIRECTORY,
      queues: QUEUES,
    });
  } catch (error) {
    await stop();
    if (!(error instanceof DeployError)) throw error;
    throw new Error(`${error.message}\nThe data kept here can be thrown away with --fresh.`, { cause: error });
  }
  return { server, url, superuserUrl: postgresUrl(server, DATABASE, { over: 'tcp' }), stop };
}

/** Removes the data of earlier runs. */
export async function removeData(directory: string): Promise<void> {
  const place = await placeForData(directory, getServerAccount());
  for (const name of ['data', 'superuser', 'postgres.log']) {
    await rm(join(place, name), { recursive: true, force: true });
  }
}

/** Just after the server was killed its processes may still hold on to the data, so one attempt may not be enough. */
async function startAgain(server: PostgresServer, isEnding: () => boolean): Promise<void> {
  for (let delayMs = FIRST_DELAY_MS; !isEnding(); delayMs = Math.min(MAX_DELAY_MS, delayMs * 2)) {
    try {
      await server.start();
      return;
    } catch {
      await sleep(delayMs);
    }
  }
}

async function createDatabase(server: PostgresServer): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl(server, 'postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}
