import type { SqlTx } from '#app/data/sql-tx.ts';

/** What keeps the access log as it is: triggers of tables, bodies of functions, who may do what. */
const KEPT_BY = {
  access_records: 'keep_access_records',
  access_chains: 'keep_access_chain',
  access_checkpoints: 'refuse_change',
  access_reviews: 'keep_access_reviews',
} as const;
const TABLES = Object.keys(KEPT_BY);
const TRIGGERS = Object.entries(KEPT_BY).flatMap(([table, calls]) => [
  { table, trigger: 'never_emptied', calls: 'refuse_change' },
  { table, trigger: 'stays', calls },
]);

/** SHA-256 of each function's source, as the migrations have it; a test compares. */
export const FUNCTION_DIGESTS: Readonly<Record<string, string>> = {
  append_access_record: '8f53e0b04db7728234f73cacf8148642d71e6e51c1ce9b4189f0d4d6bb142e5c',
  keep_access_chain: 'eb18c24bfb9ef081f83102f7576cab7a5c8f9d8e561e085134a2e7aa098f25bb',
  keep_access_records: '069faef9056f62aa9548632776ef55b6690afa2d23f01bd0a56476b290b3f526',
  keep_access_reviews: 'd6d442ecb96a5566e0e007153206446558280461fac7bebbc395e370571766cb',
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
    SELECT FROM pg_catalog.pg_trigger t JOIN guarded c ON c.oid = t.tgrelid JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
    WHERE c.relname = w->>'table' AND t.tgname = w->>'trigger' AND t.tgenabled = 'A' AND NOT t.tgisinternal
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
