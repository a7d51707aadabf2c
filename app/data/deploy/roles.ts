import type { Client } from 'pg';

import { getDatabaseAddress } from '#app/data/connection.ts';
import { DeployError } from '#app/data/deploy/errors.ts';
import { scramVerifier } from '#app/data/deploy/scram.ts';
import { DATABASE_ROLES, LOGIN_ROLES, type DatabaseRole } from '#app/data/roles.ts';

interface RoleRow {
  readonly rolsuper: boolean;
  readonly rolbypassrls: boolean;
  readonly rolcanlogin: boolean;
}

/**
 * Makes the database roles that are missing and lets the deployer act as their owner.
 *
 * @returns one sentence for each thing that was skipped and should be known.
 */
export async function createRoles(deployer: Client): Promise<string[]> {
  const notes: string[] = [];
  for (const role of Object.values(DATABASE_ROLES)) {
    if ((await getRole(deployer, role)) === null) {
      await deployer.query(
        `CREATE ROLE ${role} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT`,
      );
    }
    const found = await requireRole(deployer, role);
    if (found.rolsuper || found.rolcanlogin || (found.rolbypassrls && role !== DATABASE_ROLES.backup)) {
      throw new DeployError(
        `The database role ${role} exists with rights it must not have: it may not log in, be a superuser or bypass row-level security.`,
      );
    }
  }
  if (!(await requireRole(deployer, DATABASE_ROLES.backup)).rolbypassrls) {
    const mayGrant = await deployer
      .query<{ ok: boolean }>('SELECT rolsuper OR rolbypassrls AS ok FROM pg_roles WHERE rolname = current_user')
      .then(({ rows }) => rows[0]?.ok === true);
    if (mayGrant) await deployer.query(`ALTER ROLE ${DATABASE_ROLES.backup} BYPASSRLS`);
    else {
      notes.push(
        `${DATABASE_ROLES.backup} cannot look past row-level security yet: the deploying user may not grant that. ` +
          `A superuser has to run ALTER ROLE ${DATABASE_ROLES.backup} BYPASSRLS before data backups work.`,
      );
    }
  }
  await becomeMemberOf(deployer, DATABASE_ROLES.owner);
  return notes;
}

/**
 * Makes the user the programs log in as, when it is missing, and lets it become each of the program roles.
 *
 * @throws DeployError when that user could look past the walls between shops.
 */
export async function createLogin(deployer: Client, loginUrl: string): Promise<string[]> {
  const login = getDatabaseAddress(loginUrl);
  if (login === null) throw new DeployError('DATABASE_URL is malformed.');
  const name = deployer.escapeIdentifier(login.user);
  if ((await getRole(deployer, login.user)) === null) {
    const password = login.password === '' ? '' : `PASSWORD ${deployer.escapeLiteral(scramVerifier(login.password))}`;
    await deployer.query(`CREATE ROLE ${name} LOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT ${password}`);
  }
  const found = await requireRole(deployer, login.user);
  if (found.rolsuper || found.rolbypassrls) {
    throw new DeployError(
      'The user in DATABASE_URL is a superuser or bypasses row-level security. The programs need one that does not: ' +
        'name an ordinary user there (it is created) and put the administrator into DEPLOY_DATABASE_URL.',
    );
  }
  for (const role of LOGIN_ROLES) await deployer.query(`GRANT ${role} TO ${name} WITH INHERIT FALSE, SET TRUE`);
  await deployer.query(`GRANT CONNECT ON DATABASE ${deployer.escapeIdentifier(login.database)} TO ${name}`);

  const { rows } = await deployer.query<{ same: boolean }>('SELECT current_user = $1 AS same', [login.user]);
  return rows[0]?.same === true
    ? ['The programs log in as the user that deploys, and so could become the owner. Use two users in production.']
    : [];
}

/** Gives the owner its place in this database and takes from everybody what PostgreSQL gives to everybody. */
export async function prepareDatabase(deployer: Client): Promise<void> {
  const { rows } = await deployer.query<{ name: string }>('SELECT current_database() AS name');
  const database = deployer.escapeIdentifier(rows[0]?.name ?? '');
  const owner = DATABASE_ROLES.owner;
  await deployer.query(`GRANT CREATE, CONNECT ON DATABASE ${database} TO ${owner}`);
  await deployer.query(`REVOKE TEMPORARY ON DATABASE ${database} FROM PUBLIC`);
  await deployer.query('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
  // Prisma's own table of applied migrations lives there.
  await deployer.query(`GRANT USAGE, CREATE ON SCHEMA public TO ${owner}`);
  await asOwner(deployer, [
    // A function is callable by nobody until a migration grants it.
    'ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC',
  ]);
}

/** Runs statements as the owner on the deployer's own connection. */
async function asOwner(deployer: Client, statements: readonly string[]): Promise<void> {
  await deployer.query('BEGIN');
  try {
    await deployer.query(`SET LOCAL ROLE ${DATABASE_ROLES.owner}`);
    for (const statement of statements) await deployer.query(statement);
    await deployer.query('COMMIT');
  } catch (error) {
    await deployer.query('ROLLBACK');
    throw error;
  }
}

async function becomeMemberOf(deployer: Client, role: DatabaseRole): Promise<void> {
  const { rows } = await deployer.query<{ may: boolean }>(`SELECT pg_has_role(current_user, $1, 'SET') AS may`, [role]);
  if (rows[0]?.may !== true) await deployer.query(`GRANT ${role} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE`);
}

async function getRole(client: Client, name: string): Promise<RoleRow | null> {
  const { rows } = await client.query<RoleRow>(
    'SELECT rolsuper, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname = $1',
    [name],
  );
  return rows[0] ?? null;
}

async function requireRole(client: Client, name: string): Promise<RoleRow> {
  const role = await getRole(client, name);
  if (role === null) throw new DeployError(`The database role ${name} could not be created.`);
  return role;
}
