import type { SqlTx } from '#app/data/sql-tx.ts';
import type { Mark } from '#app/privacy/forgotten/marks.ts';

/** That something was erased: when, and by which request. */
export interface Tombstone {
  readonly tag: string;
  readonly erasedAt: Date;
  readonly requestId: string;
}

/**
 * Sets tombstones. One that stands already is moved to the later erasure: what came between the two is forgotten, too.
 *
 * @param tx holds the shop's lock.
 */
export async function setTombstones(
  tx: SqlTx,
  shopId: string,
  { requestId, erasedAt }: Pick<Tombstone, 'requestId' | 'erasedAt'>,
  marks: readonly Mark[],
): Promise<void> {
  const distinct = [...new Map(marks.map((mark) => [mark.tag, mark])).values()];
  if (distinct.length === 0) return;
  await tx.query(
    `INSERT INTO app.tombstones (shop_id, tag, kind, request_id, erased_at)
     SELECT $1::uuid, decode(tag, 'hex'), kind, $2::uuid, $3::timestamptz FROM unnest($4::text[], $5::text[]) AS new (tag, kind)
     ON CONFLICT (shop_id, tag) DO UPDATE SET request_id = excluded.request_id, erased_at = excluded.erased_at
       WHERE tombstones.erased_at < excluded.erased_at`,
    [shopId, requestId, erasedAt, distinct.map(({ tag }) => tag), distinct.map(({ kind }) => kind)],
  );
}

/** The tombstones that stand for any of these tags, by tag. */
export async function findTombstones(
  tx: SqlTx,
  shopId: string,
  tags: readonly string[],
): Promise<Map<string, Tombstone>> {
  if (tags.length === 0) return new Map();
  const rows = await tx.query<Tombstone>(
    `SELECT encode(tag, 'hex') AS tag, erased_at AS "erasedAt", request_id AS "requestId" FROM app.tombstones
     WHERE shop_id = $1::uuid AND tag IN (SELECT decode(given, 'hex') FROM unnest($2::text[]) AS wanted (given))`,
    [shopId, tags],
  );
  return new Map(rows.map((row) => [row.tag, row]));
}

/** Counts what came back and was turned away, by the tombstone that turned it away. */
export async function countBlocked(
  tx: SqlTx,
  shopId: string,
  blockedByTag: ReadonlyMap<string, number>,
  at: Date,
): Promise<void> {
  if (blockedByTag.size === 0) return;
  await tx.query(
    `UPDATE app.tombstones t SET blocked = t.blocked + turned.away, last_blocked_at = $2::timestamptz
     FROM unnest($3::text[], $4::int[]) AS turned (tag, away)
     WHERE t.shop_id = $1::uuid AND t.tag = decode(turned.tag, 'hex')`,
    [shopId, at, [...blockedByTag.keys()], [...blockedByTag.values()]],
  );
}

/** What has come back of a request's person since, and was turned away. */
export interface BlockedReturns {
  readonly tombstones: number;
  readonly blocked: number;
  readonly lastBlockedAt: Date | null;
}

export async function blockedReturns(tx: SqlTx, shopId: string, requestId: string): Promise<BlockedReturns> {
  const [row] = await tx.query<BlockedReturns>(
    `SELECT count(*)::int AS tombstones, coalesce(sum(blocked), 0)::int AS blocked, max(last_blocked_at) AS "lastBlockedAt"
     FROM app.tombstones WHERE shop_id = $1::uuid AND request_id = $2::uuid`,
    [shopId, requestId],
  );
  return row ?? { tombstones: 0, blocked: 0, lastBlockedAt: null };
}
