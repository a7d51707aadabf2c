import type { SqlTx } from '#app/data/sql-tx.ts';

/** What keeps the access log as it is: triggers of tables, bodies of functions, who may do what. */
const KEPT_BY = {
  access_records: 'keep_access_records',
  access_chains: 'keep_access_chain',
  access_checkpoints: 'keep_checkpoints',
  access_reviews: 'keep_access_reviews',
} as const;
const TABLES = Object.keys(KEPT_BY);
const TRIGGERS = [
  ...Object.entries(KEPT_BY).flatMap(([table, calls]) => [
    { table, trigger: 'never_emptied', calls: 'refuse_change' },
    { table, trigger: 'stays', calls },
  ]),
  // The log of a shop that is erased goes with it; this is what lets a shop count as erased.
  { table: 'shops', trigger: 'erased_mark', calls: 'keep_erased_mark' },
];

/** SHA-256 of each function's source, as the migrations have it; a test compares. */
export const FUNCTION_DIGESTS: Readonly<Record<string, string>> = {
  append_access_record: '8f53e0b04db7728234f73cacf8148642d71e6e51c1ce9b4189f0d4d6bb142e5c',
  keep_access_chain: '0563410f10318b7e775b80582a1bc3bb5c48ce86724717f1f340351c23e5c371',
  keep_access_records: '3cf57df1296669d1086a4a91f89524daaefed5653a8f65b8a1149e5e4925f93b',
  keep_access_reviews: 'c083363d8c64f45ce02a18deb2b3aaff6a5efe79ed67af5f51bceb205daf593f',
  keep_checkpoints: '7566897eddac811aaa6860fbdf1a6173f44a9a68086db6331dddc071c56fe9f0',
  keep_erased_mark: '3daa6213658d0625155d89fbf5d8d14dd16cd19501665fa8358b42d49996614d',
  refuse_change: 'c81475e4e0d5ee97aeb530afd80a4866155fcb73e069065f92aa5808ea6bb9a4',
  retire_access_records: 'fb9df065a08a1c9517ab1dcca8706a23ca9154cf1fc18b64980e61d9e70e4cb8',
};

const TABLE_GRANTS = [
  ...TABLES.flatMap((table) => [`${table} ci_app SELECT`, `${table} ci_backup SELECT`]),
  'access_checkpoints ci_app INSERT',
  'access_reviews ci_app INSERT',
  ...['count', 'up_to_seq', 'reviewed_at', 'reviewed_by', 'verdict', 'reason'].map(
    (column) => `access_reviews.${column} ci_app UPDATE`,
  ),
];

const FUNCTION_GRANTS = ['append_access_record ci_app', 'retire_access_records ci_maintenance'];

/** Each row names something that is not as it should be. */
const CHECK = `
  WITH guarded AS (
    SELECT c.* FROM pg_catalog.pg_class c WHERE c.relnamespace = 'app'::regnamespace
      AND c.relname IN (SELECT jsonb_array_elements_text($5::jsonb))
  ), grants AS (
    SELECT format('%s %s %s', c.relname, coalesce(r.rolname, 'PUBLIC'), g.privilege_type) AS text
    FROM guarded c CROSS JOIN LATERAL aclexplode(c.relacl) g LEFT JOIN pg_catalog.pg_roles r ON r.oid = g.grantee
    WHERE g.grantee <> c.relowner
    UNION ALL
    SELECT format('%s.%s %s %s', c.relname, a.attname, coalesce(r.rolname, 'PUBLIC'), g.privilege_type)
    FROM guarded c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid CROSS JOIN LATERAL aclexplode(a.attacl) g
    LEFT JOIN pg_catalog.pg_roles r ON r.oid = g.grantee
  ), calls AS (
    SELECT format('%s %s', p.proname, coalesce(r.rolname, 'PUBLIC')) AS text, p.proname
    FROM pg_catalog.pg_proc p CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g
    LEFT JOIN pg_catalog.pg_roles r ON r.oid = g.grantee
    WHERE p.pronamespace = 'app'::regnamespace AND g.grantee <> p.proowner
      AND p.proname IN ('append_access_record', 'retire_access_records')
  )
  SELECT format('trigger %s on app.%s', w->>'trigger', w->>'table') AS what FROM jsonb_array_elements($1::jsonb) w
  WHERE NOT EXISTS (
    SELECT FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
    WHERE c.relnamespace = 'app'::regnamespace AND c.relname = w->>'table' AND t.tgname = w->>'trigger' AND t.tgenabled = 'A' AND NOT t.tgisinternal
      AND t.tgqual IS NULL AND p.pronamespace = 'app'::regnamespace AND p.proname = w->>'calls')
  UNION ALL
  SELECT 'function app.' || w.name FROM jsonb_each_text($2::jsonb) AS w (name, digest)
  WHERE (SELECT string_agg(encode(sha256(convert_to(p.prosrc, 'UTF8')), 'hex'), ' ') FROM pg_catalog.pg_proc p
    WHERE p.pronamespace = 'app'::regnamespace AND p.proname = w.name) IS DISTINCT FROM w.digest
  UNION ALL
  SELECT 'grant ' || text FROM (SELECT text FROM grants EXCEPT SELECT jsonb_array_elements_text($3::jsonb)) AS added
  UNION ALL
  SELECT 'grant ' || text FROM (SELECT jsonb_array_elements_text($3::jsonb) AS text EXCEPT SELECT text FROM grants) AS gone
  UNION ALL
  SELECT 'execute ' || text FROM (SELECT text FROM calls EXCEPT SELECT jsonb_array_elements_text($4::jsonb)) AS added
  UNION ALL
  SELECT 'row-level security of app.' || relname FROM guarded WHERE NOT (relrowsecurity AND relforcerowsecurity)
  UNION ALL
  SELECT 'owner of app.' || relname FROM guarded WHERE relowner <> 'ci_owner'::regrole
  ORDER BY 1`;

/**
 * What of the access log's guards is missing, turned off or changed; empty when all stand. The owner of the tables and
 * superusers can take them down: then the chain is what is left to tell, and this says that it is time to ask who did.
 */
export async function missingGuards(tx: SqlTx): Promise<string[]> {
  const rows = await tx.query<{ what: string }>(CHECK, [
    JSON.stringify(TRIGGERS),
    JSON.stringify(FUNCTION_DIGESTS),
    JSON.stringify(TABLE_GRANTS),
    JSON.stringify(FUNCTION_GRANTS),
    JSON.stringify(TABLES),
  ]);
  return rows.map(({ what }) => what);
}
