import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createTestDatabase } from '#test/support/database.ts';
import type { TestDatabase } from '#test/support/postgres.ts';
import { whenChanged } from '#test/support/scratch.ts';

/** Tables that hold nothing of a shop. Everything else is a shop's. */
const WITHOUT_A_SHOP = [
  'keys.inbox_days',
  'keys.kek_checks',
  'keys.rotations',
  'keys.signing_keys',
  'public._prisma_migrations',
  'pgboss.bam',
  'pgboss.job',
  'pgboss.job_dependency',
  'pgboss.queue',
  'pgboss.queue_stats',
  'pgboss.schedule',
  'pgboss.subscription',
  'pgboss.version',
  'pgboss.warning',
];

/** Which schemas' tables a role may touch at all. The inbox's is narrowed further by its policies and grants. */
const REACH: Readonly<Record<string, readonly string[]>> = {
  ci_app: ['app', 'inbox', 'pgboss'],
  ci_keys: ['keys'],
  ci_edge: ['inbox'],
  ci_jobs: ['pgboss'],
};

/** Each row of an answer is one sentence about something that is wrong. */
const CHECKS: Readonly<Record<string, string>> = {
  'row-level security is enabled and forced': `
    SELECT t.name || ' has no forced row-level security' FROM shop_tables t WHERE NOT (t.enabled AND t.forced)`,
  'the shop is the first column of every key and unique index': `
    SELECT t.name || ': ' || i.indexrelid::regclass || ' does not start with the shop' FROM shop_tables t
    JOIN pg_index i ON i.indrelid = t.oid AND i.indisunique
    LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
    WHERE a.attname IS DISTINCT FROM t.shop_column
      -- Which shop has a domain is what makes a shop.
      AND i.indexrelid::regclass::text <> 'app.shops_domain_key'`,
  'every foreign key carries the shop': `
    SELECT t.name || ': ' || k.conname || ' does not carry the shop' FROM shop_tables t
    JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'f'
    JOIN pg_attribute here ON here.attrelid = k.conrelid AND here.attnum = k.conkey[1]
    JOIN pg_attribute there ON there.attrelid = k.confrelid AND there.attnum = k.confkey[1]
    WHERE here.attname <> t.shop_column OR there.attname NOT IN ('shop_id', 'id')
      OR (there.attname = 'id' AND k.confrelid <> 'app.shops'::regclass)`,
  'policies compare the shop, for reading and for writing': `
    SELECT t.name || ': policy ' || p.polname || ' does not compare the shop' FROM shop_tables t
    JOIN pg_policy p ON p.polrelid = t.oid
    WHERE NOT (
      p.polroles = ARRAY[(SELECT oid FROM pg_roles WHERE rolname = 'ci_owner')]
      -- The edge writes for many shops in one statement, and can read nothing.
      OR (t.name = 'inbox.events' AND p.polname = 'edge_writes' AND p.polcmd = 'a')
      -- A restrictive policy only takes away from what the others allow.
      OR NOT p.polpermissive
      OR (p.polcmd = '*' AND p.polpermissive
        AND pg_get_expr(p.polqual, p.polrelid) = format('(%I = app.current_shop())', t.shop_column)
        AND pg_get_expr(p.polwithcheck, p.polrelid) = format('(%I = app.current_shop())', t.shop_column)))`,
  'a table that a role may touch has a policy for it': `
    SELECT t.name || ' has no policy' FROM shop_tables t
    WHERE NOT t.is_partition AND NOT EXISTS (
      SELECT FROM pg_policy p WHERE p.polrelid = t.oid
        AND p.polroles <> ARRAY[(SELECT oid FROM pg_roles WHERE rolname = 'ci_owner')])`,
  'partitions are reached through their parent only': `
    SELECT t.name || ' is a partition with grants of its own' FROM shop_tables t, aclexplode(t.relacl) g
    WHERE t.is_partition AND g.grantee <> t.relowner`,
  'roles reach their own schemas only': `
    SELECT coalesce(r.rolname, 'PUBLIC') || ' may ' || g.privilege_type || ' in ' || n.nspname || '.' || c.relname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) g
    LEFT JOIN pg_roles r ON r.oid = g.grantee
    WHERE n.nspname IN ('app', 'inbox', 'keys', 'pgboss', 'public') AND g.grantee <> c.relowner
      AND (r.rolname IS NULL OR r.rolname NOT IN ('ci_backup')) AND NOT EXISTS (
        SELECT FROM jsonb_each($2::jsonb) allowed WHERE allowed.key = r.rolname AND allowed.value ? n.nspname)`,
  'the edge can only add': `
    SELECT 'ci_edge may ' || g.privilege_type || ' in ' || c.oid::regclass FROM pg_class c, aclexplode(c.relacl) g
    WHERE g.grantee = 'ci_edge'::regrole AND g.privilege_type <> 'INSERT'`,
  'nobody may truncate, or make references and triggers': `
    SELECT r.rolname || ' may ' || g.privilege_type || ' ' || c.oid::regclass FROM pg_class c, aclexplode(c.relacl) g
    JOIN pg_roles r ON r.oid = g.grantee
    WHERE r.rolname LIKE 'ci\\_%' AND r.rolname <> 'ci_owner' AND g.privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER')`,
  'access records are appended, and by their function alone': `
    SELECT r.rolname || ' may ' || g.privilege_type || ' ' || c.oid::regclass FROM pg_class c, aclexplode(c.relacl) g
    JOIN pg_roles r ON r.oid = g.grantee
    WHERE c.oid IN ('app.access_records'::regclass, 'app.access_chains'::regclass, 'app.access_checkpoints'::regclass)
      AND g.grantee <> c.relowner AND g.privilege_type <> 'SELECT'
      AND NOT (c.oid = 'app.access_checkpoints'::regclass AND g.privilege_type = 'INSERT')`,
  'views do not look past the policies': `
    SELECT c.oid::regclass || ' shows rows of every shop' FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('app', 'inbox', 'keys', 'public')
      AND (c.relkind = 'm' OR (c.relkind = 'v' AND NOT coalesce(c.reloptions @> '{security_invoker=true}', false)))`,
  'functions that act as the owner cannot be misled nor called by everybody': `
    SELECT p.oid::regprocedure || ' acts as the owner without care' FROM pg_proc p
    JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname IN ('app', 'inbox', 'keys', 'pgboss', 'public') AND p.prosecdef
      AND (NOT coalesce(p.proconfig @> '{"search_path=\\"\\""}', false)
        OR p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) g WHERE g.grantee = 0))`,
  'no role of a program is above the policies': `
    SELECT rolname || ' is above the policies' FROM pg_roles
    WHERE rolname LIKE 'ci\\_%' AND (rolsuper OR rolcreaterole OR rolcanlogin OR (rolbypassrls AND rolname <> 'ci_backup'))`,
  'no role of a program owns anything': `
    SELECT r.rolname || ' owns ' || c.oid::regclass FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
    WHERE r.rolname LIKE 'ci\\_%' AND r.rolname <> 'ci_owner'`,
};

const SHOP_TABLES = `
  WITH shop_tables AS (
    SELECT c.oid, n.nspname || '.' || c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
      c.relispartition AS is_partition, c.relacl, c.relowner,
      CASE WHEN n.nspname || '.' || c.relname = 'app.shops' THEN 'id' ELSE 'shop_id' END AS shop_column
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND NOT (n.nspname || '.' || c.relname = ANY ($1::text[])) AND NOT EXISTS (
        SELECT FROM pg_inherits h JOIN pg_class parent ON parent.oid = h.inhparent
        JOIN pg_namespace pn ON pn.oid = parent.relnamespace
        WHERE h.inhrelid = c.oid AND pn.nspname || '.' || parent.relname = ANY ($1::text[]))
  )`;

async function faults(client: pg.Client): Promise<string[]> {
  const found: string[] = [];
  for (const check of Object.values(CHECKS)) {
    // Both parameters are named, so that every check can be sent with both.
    const query = `${SHOP_TABLES} SELECT * FROM (${check}) AS fault (text) WHERE $2::jsonb IS NOT NULL`;
    const { rows } = await client.query<{ text: string }>(query, [WITHOUT_A_SHOP, JSON.stringify(REACH)]);
    found.push(...rows.map(({ text }) => text));
  }
  return found;
}

describe('law 3: the database keeps shops apart', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('in every table, today and in a partition opened tomorrow', async () => {
    const openDay = `SELECT inbox.open_day(current_date + 1, 'kek', '\\x00')`;
    expect(await whenChanged(database, openDay, faults)).toEqual([]);
  });

  it('and no table on the list of those without a shop has one', async () => {
    const shopColumns = await whenChanged(database, 'SELECT 1', async (client) => {
      const { rows } = await client.query<{ table_name: string }>(
        `SELECT table_name FROM information_schema.columns
         WHERE table_schema || '.' || table_name = ANY ($1) AND column_name ~ 'shop'`,
        [WITHOUT_A_SHOP],
      );
      return rows;
    });
    expect(shopColumns).toEqual([]);
  });

  it.each([
    ['CREATE TABLE app.notes (shop_id uuid, id uuid, PRIMARY KEY (shop_id, id))', 'no forced row-level security'],
    ['ALTER TABLE app.carts NO FORCE ROW LEVEL SECURITY', 'no forced row-level security'],
    ['ALTER TABLE keys.subject_keys DISABLE ROW LEVEL SECURITY', 'no forced row-level security'],
    ['CREATE UNIQUE INDEX everybody ON app.people (email_index)', 'does not start with the shop'],
    [
      'CREATE UNIQUE INDEX x ON app.people (id); ALTER TABLE app.carts ADD FOREIGN KEY (person_id) REFERENCES app.people (id)',
      'does not carry the shop',
    ],
    ['CREATE POLICY open ON app.orders FOR SELECT TO ci_app USING (true)', 'does not compare the shop'],
    ['ALTER POLICY own_shop ON app.orders WITH CHECK (true)', 'does not compare the shop'],
    ['DROP POLICY own_shop ON app.people', 'has no policy'],
    ['GRANT SELECT ON keys.shop_keys TO ci_app', 'may SELECT in keys.shop_keys'],
    ['GRANT SELECT ON app.carts TO PUBLIC', 'in app.carts'],
    ['GRANT SELECT ON inbox.events TO ci_edge', 'ci_edge may SELECT'],
    ['GRANT TRUNCATE ON app.carts TO ci_app', 'may TRUNCATE'],
    ['GRANT UPDATE ON app.access_records TO ci_app', 'may UPDATE app.access_records'],
    ['GRANT INSERT ON app.access_records TO ci_app', 'may INSERT app.access_records'],
    ['CREATE MATERIALIZED VIEW app.all_carts AS SELECT id FROM app.carts', 'shows rows of every shop'],
    ['CREATE VIEW app.all_carts AS SELECT id FROM app.carts', 'shows rows of every shop'],
    ['GRANT EXECUTE ON FUNCTION app.ensure_shop(text, uuid) TO PUBLIC', 'without care'],
    ['ALTER FUNCTION inbox.day_keys() RESET search_path', 'without care'],
    ['ALTER TABLE app.carts OWNER TO ci_app', 'ci_app owns'],
    [
      `SELECT inbox.open_day(current_date + 1, 'kek', '\\x00');
       DO $$ BEGIN EXECUTE format('GRANT SELECT ON inbox.events_%s TO ci_app', to_char(current_date + 1, 'YYYYMMDD')); END $$`,
      'partition with grants',
    ],
  ])('control: `%s` is caught', async (change, fault) => {
    expect((await whenChanged(database, change, faults)).join('\n')).toContain(fault);
  });
});
