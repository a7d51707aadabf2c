import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { poolConfig } from '#app/data/connection.ts';
import { deployDatabase, type Deployment } from '#app/data/deploy/deploy.ts';
import { diffSchema } from '#app/data/deploy/migrations.ts';
import { QUIET_LOG_SETTINGS } from '#app/data/deploy/quiet-logs.ts';
import { DATABASE_ROLES, type DatabaseRole } from '#app/data/roles.ts';
import { QUEUES } from '#app/jobs/definitions.ts';
import { createTestDatabase } from '#test/support/database.ts';
import {
  createShadowDatabases,
  LOGIN,
  MIGRATIONS_DIRECTORY,
  postgresUrl,
  runAsSuperuser,
  type TestDatabase,
} from '#test/support/postgres.ts';
import prismaConfig from '../../prisma/config.ts';

const { address, loginPassword } = inject('postgres');

let database: TestDatabase;
let scratch: string;

beforeAll(async () => {
  database = await createTestDatabase();
  scratch = await mkdtemp(join(tmpdir(), 'ci-deploy-'));
});

afterAll(async () => {
  await database.drop();
  await rm(scratch, { recursive: true, force: true });
});

async function query<Row extends pg.QueryResultRow>(
  url: string,
  sql: string,
  role: DatabaseRole | null = null,
): Promise<Row[]> {
  const client = new pg.Client(poolConfig(url, role, { applicationName: 'test' }));
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** An empty database and a deployment for it with migrations of its own. */
async function emptyDatabase(
  name: string,
  migrations: Record<string, string>,
): Promise<Deployment & { drop: () => Promise<void> }> {
  await runAsSuperuser(address, `CREATE DATABASE ${name}`);
  const migrationsDirectory = join(scratch, name);
  await writeMigrations(migrationsDirectory, migrations);
  return {
    deployUrl: postgresUrl(address, name),
    loginUrl: postgresUrl(address, name, { user: LOGIN, password: loginPassword }),
    migrationsDirectory,
    queues: [],
    drop: () => runAsSuperuser(address, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function writeMigrations(directory: string, migrations: Record<string, string>): Promise<void> {
  for (const [folder, sql] of Object.entries(migrations)) {
    await mkdir(join(directory, folder), { recursive: true });
    await writeFile(join(directory, folder, 'migration.sql'), sql);
  }
}

describe('roles', () => {
  it('cannot log in, own nothing except for the owner, and none but the backup looks past the walls', async () => {
    const roles = await query<{ rolname: string; strong: boolean; rolbypassrls: boolean }>(
      database.superuserUrl,
      `SELECT rolname, rolcanlogin OR rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication AS strong, rolbypassrls
       FROM pg_roles WHERE rolname LIKE 'ci\\_%'`,
    );
    expect(roles.map(({ rolname }) => rolname).sort()).toEqual(Object.values(DATABASE_ROLES).sort());
    expect(roles.filter(({ strong }) => strong)).toEqual([]);
    expect(roles.filter(({ rolbypassrls }) => rolbypassrls).map(({ rolname }) => rolname)).toEqual([
      DATABASE_ROLES.backup,
    ]);

    const owners = await query<{ owner: string }>(
      database.superuserUrl,
      `SELECT DISTINCT relowner::regrole::text AS owner FROM pg_class
       WHERE relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace)`,
    );
    expect(owners).toEqual([{ owner: DATABASE_ROLES.owner }]);
  });

  it('are what a program becomes while it connects; the login itself may do nothing', async () => {
    for (const role of [DATABASE_ROLES.edge, DATABASE_ROLES.app, DATABASE_ROLES.keys, DATABASE_ROLES.jobs] as const) {
      expect(await query(database.url, 'SELECT current_user, session_user', role)).toEqual([
        { current_user: role, session_user: LOGIN },
      ]);
    }
    await expect(query(database.url, 'SELECT * FROM app.shops')).rejects.toThrow(/permission denied/);
    await expect(query(database.url, 'SELECT 1', DATABASE_ROLES.owner)).rejects.toThrow(/permission denied/);
    await expect(query(database.url, 'SELECT 1', DATABASE_ROLES.backup)).rejects.toThrow(/permission denied/);
    await expect(query(database.url, 'CREATE TABLE public.mine ()')).rejects.toThrow(/permission denied/);
  });
});

describe('deployment', () => {
  it('changes nothing when done again, also twice at once', async () => {
    const deployment = {
      deployUrl: postgresUrl(address, database.name),
      loginUrl: database.url,
      migrationsDirectory: MIGRATIONS_DIRECTORY,
      queues: QUEUES,
    };
    const reports = await Promise.all([deployDatabase(deployment), deployDatabase(deployment)]);
    expect(reports).toEqual([
      { appliedMigrations: [], notes: [] },
      { appliedMigrations: [], notes: [] },
    ]);
  });

  it('leaves the schema as prisma/schema.prisma says', async () => {
    const diff = await diffSchema({
      schemaPath: fileURLToPath(new URL('../../prisma/schema.prisma', import.meta.url)),
      migrationsDirectory: MIGRATIONS_DIRECTORY,
      config: { connectionString: postgresUrl(address, 'postgres') },
      filters: {
        externalTables: prismaConfig.tables?.external ?? [],
        externalEnums: prismaConfig.enums?.external ?? [],
      },
      createShadowDatabase: createShadowDatabases(address),
    });
    expect(diff).toBeNull();
  });

  it('applies migrations whole, function bodies included, and sees a difference where there is one', async () => {
    const deployment = await emptyDatabase('ci_first', {
      '20260101000000_first': `CREATE SCHEMA app; CREATE TABLE app.shops (id int PRIMARY KEY);
        CREATE FUNCTION app.two() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; RETURN 2; END $$;`,
    });
    expect((await deployDatabase(deployment)).appliedMigrations).toEqual(['20260101000000_first']);
    // What the server's log may quote is settled for this database, whatever the server's own configuration says.
    const [own] = await query<{ config: string[] }>(
      deployment.deployUrl,
      `SELECT s.setconfig AS config FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
       WHERE d.datname = current_database() AND s.setrole = 0`,
    );
    expect(own?.config.toSorted()).toEqual(
      Object.entries(QUIET_LOG_SETTINGS)
        .map(([name, value]) => `${name}=${value}`)
        .toSorted(),
    );
    expect(await query(deployment.deployUrl, 'SELECT app.two()')).toEqual([{ two: 2 }]);
    const diff = await diffSchema({
      schemaPath: fileURLToPath(new URL('../../prisma/schema.prisma', import.meta.url)),
      migrationsDirectory: deployment.migrationsDirectory,
      config: { connectionString: postgresUrl(address, 'postgres') },
      createShadowDatabase: createShadowDatabases(address),
    });
    expect(diff).toContain('CREATE TABLE');
    await deployment.drop();
  });

  it('keeps nothing of a migration that fails, and applies it once it is mended', async () => {
    const deployment = await emptyDatabase('ci_broken', {
      '20260101000000_broken': 'CREATE SCHEMA app; CREATE TABLE app.a (id int); SELECT 1/0;',
    });
    await expect(deployDatabase(deployment)).rejects.toThrow(/could not be applied.*division by zero/s);
    expect(await query(deployment.deployUrl, `SELECT to_regnamespace('app') AS app`)).toEqual([{ app: null }]);

    await writeMigrations(deployment.migrationsDirectory, { '20260101000000_broken': 'CREATE SCHEMA app;' });
    expect((await deployDatabase(deployment)).appliedMigrations).toEqual(['20260101000000_broken']);
    await deployment.drop();
  });

  it('refuses migrations that were changed after they had been applied', async () => {
    const deployment = await emptyDatabase('ci_edited', { '20260101000000_one': 'CREATE SCHEMA app;' });
    await deployDatabase(deployment);
    await writeMigrations(deployment.migrationsDirectory, {
      '20260101000000_one': 'CREATE SCHEMA app; CREATE SCHEMA more;',
    });
    await expect(deployDatabase(deployment)).rejects.toThrow(/changed after they had been applied: 20260101000000_one/);
    await deployment.drop();
  });

  it('works for a deployer that is no superuser, and says what it could not do', async () => {
    await runAsSuperuser(address, "CREATE ROLE deployer LOGIN CREATEROLE PASSWORD 'deployer'");
    await runAsSuperuser(address, 'CREATE DATABASE ci_hosted OWNER deployer');
    // On a hosted server the deployer makes the roles itself; here others have, so it is handed their administration.
    await runAsSuperuser(
      address,
      `GRANT ${Object.values(DATABASE_ROLES).join(', ')} TO deployer WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`,
    );
    await writeMigrations(join(scratch, 'hosted'), {
      '20260101000000_one': 'CREATE SCHEMA app; CREATE TABLE app.a (id int);',
    });
    const url = postgresUrl(address, 'ci_hosted', { user: 'deployer', password: 'deployer' });
    const deployment = { migrationsDirectory: join(scratch, 'hosted'), queues: QUEUES, deployUrl: url };
    const report = await deployDatabase({ ...deployment, loginUrl: url.replaceAll('deployer', 'hosted_login') });
    expect(report.appliedMigrations).toEqual(['20260101000000_one']);
    expect(await query(url, `SELECT relowner::regrole::text AS owner FROM pg_class WHERE relname = 'a'`)).toEqual([
      { owner: DATABASE_ROLES.owner },
    ]);
    const { notes } = await deployDatabase({ ...deployment, loginUrl: url });
    expect(notes).toEqual([expect.stringContaining('Use two users in production')]);
    await runAsSuperuser(address, 'DROP DATABASE ci_hosted WITH (FORCE)');
  });

  it('says what a deployer that does not own the database lacks, and not where in Prisma that was noticed', async () => {
    await runAsSuperuser(address, "CREATE ROLE no_owner LOGIN CREATEROLE PASSWORD 'no_owner'");
    await runAsSuperuser(address, 'CREATE DATABASE ci_not_owned');
    await runAsSuperuser(
      address,
      `GRANT ${Object.values(DATABASE_ROLES).join(', ')} TO no_owner WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`,
    );
    const deployUrl = postgresUrl(address, 'ci_not_owned', { user: 'no_owner', password: 'no_owner' });
    const loginUrl = deployUrl.replaceAll('no_owner', 'no_owner_login');
    const deployed = deployDatabase({ deployUrl, loginUrl, migrationsDirectory: MIGRATIONS_DIRECTORY, queues: [] });
    await expect(deployed).rejects.toThrow(/permission denied for [^\n]*$/);
    await runAsSuperuser(address, 'DROP DATABASE ci_not_owned WITH (FORCE)');
  });

  it('refuses to let the programs log in as a superuser', async () => {
    const deployment = await emptyDatabase('ci_super', {});
    await expect(deployDatabase({ ...deployment, loginUrl: deployment.deployUrl })).rejects.toThrow(/is a superuser/);
    await deployment.drop();
  });

  it('says in one sentence that the database does not let it in', async () => {
    const deployUrl = postgresUrl(address, database.name, { password: 'wrong' });
    const deployment = { deployUrl, loginUrl: database.url, migrationsDirectory: MIGRATIONS_DIRECTORY, queues: [] };
    await expect(deployDatabase(deployment)).rejects.toThrow(
      /does not let the deploying user in: password authentication failed/,
    );
  });
});

describe('job queue', () => {
  it('runs with the rights of its role, without changing the schema', async () => {
    const shape = `SELECT count(*)::int AS count FROM pg_class WHERE relnamespace = 'pgboss'::regnamespace`;
    const before = await query(database.superuserUrl, shape);
    const pool = new pg.Pool(poolConfig(database.url, DATABASE_ROLES.jobs, { applicationName: 'test', max: 2 }));
    const executeSql = async (text: string, values?: unknown[]): Promise<{ rows: unknown[] }> =>
      await pool.query(text, values);
    const boss = new PgBoss({ db: { executeSql }, schema: 'pgboss', migrate: false, createSchema: false });
    const errors: unknown[] = [];
    boss.on('error', (error) => errors.push(error));
    await boss.start();
    const name = QUEUES[0]?.name ?? '';
    const id = await boss.send(name, {});
    expect((await boss.fetch(name)).map((job) => job.id)).toEqual([id]);
    await boss.complete(name, id ?? '');
    await boss.schedule(name, '0 0 1 1 *');
    await boss.supervise(name);
    await boss.stop({ graceful: false });
    await pool.end();
    expect(errors).toEqual([]);
    expect(await query(database.superuserUrl, shape)).toEqual(before);
  });

  it('takes a job from a page, which sees nothing of the others', async () => {
    const insert = `INSERT INTO pgboss.job_common (name, policy) VALUES ('${QUEUES[0]?.name ?? ''}', 'standard') RETURNING id`;
    expect(await query(database.url, insert, DATABASE_ROLES.app)).toHaveLength(1);
    await expect(query(database.url, 'SELECT data FROM pgboss.job', DATABASE_ROLES.app)).rejects.toThrow(
      /permission denied/,
    );
    await expect(query(database.url, insert, DATABASE_ROLES.edge)).rejects.toThrow(/permission denied/);
  });
});
