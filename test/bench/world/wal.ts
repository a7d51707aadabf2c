import type { BenchWorld } from '#test/bench/world/world.ts';

/** Where the write-ahead log ends now. */
export async function walPosition(world: BenchWorld): Promise<string> {
  const [row] = await world.query<{ lsn: string }>('SELECT pg_current_wal_flush_lsn()::text AS lsn');
  return row?.lsn ?? '0/0';
}

/** Bytes of the records that changed these tables, their indexes or their long values. Needs pg_walinspect. */
export async function walBytesSince(world: BenchWorld, from: string, tables: readonly string[]): Promise<number> {
  const [row] = await world.query<{ bytes: string }>(
    `WITH relations AS (
       SELECT c.oid, c.reltoastrelid FROM pg_class c WHERE c.oid = ANY ($2::text[]::regclass[])
     ), files AS (
       SELECT pg_relation_filenode(oid) AS file FROM relations
       UNION ALL SELECT pg_relation_filenode(reltoastrelid) FROM relations WHERE reltoastrelid <> 0
       UNION ALL SELECT pg_relation_filenode(i.indexrelid) FROM pg_index i JOIN relations r ON i.indrelid IN (r.oid, r.reltoastrelid)
     )
     SELECT coalesce(sum(record_length), 0)::text AS bytes FROM (
       SELECT DISTINCT start_lsn, record_length FROM pg_get_wal_block_info($1::pg_lsn, pg_current_wal_flush_lsn(), false)
       WHERE relfilenode IN (SELECT file FROM files)) AS records`,
    [from, tables],
  );
  return Number(row?.bytes ?? NaN);
}
