import type { Pool } from 'pg';

import type { GateServices, Work } from '#app/access/gate.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { withShopSql } from '#app/data/with-shop.ts';
import type { JobQueue } from '#app/jobs/queue.ts';
import { gather } from '#app/privacy/erasure/gather.ts';
import { readRun } from '#app/privacy/erasure/run-record.ts';
import { COPY_KINDS } from '#app/privacy/package/copy-kinds.ts';
import { readRequest } from '#app/privacy/requests/read.ts';

/** So long after a copy was fetched it can be made anew, should the download have broken off. Whoever closes the request waits for nothing. */
const MINUTES_TO_FETCH_AGAIN = 15;
const MINUTE_MS = 60_000;
/** So long before it is due an erasure waits for nothing any more. */
const DAYS_IN_HAND = 3;
const DAY_MS = 86_400_000;

/** Until when an erasure may wait that is due then. */
export function waitsUntil(dueAt: Date): Date {
  return new Date(dueAt.getTime() - DAYS_IN_HAND * DAY_MS);
}

/**
 * Whether an erasure has to wait, since the same person has asked for a copy and has not got it: what is erased cannot be
 * given out any more. Which request it waits for is written down, and shown.
 *
 * Nothing of the person is opened for a shop in which no copy is due, nor while it is known what is waited for.
 */
export async function waitsForCopy(
  deps: GateServices & { readonly pool: Pool },
  shopId: string,
  requestId: string,
  work: Work,
): Promise<boolean> {
  const standing = await withShopSql(deps.pool, shopId, async (tx) => {
    const request = await readRequest(tx, shopId, requestId);
    const mayWait =
      request?.kind === 'erasure' &&
      request.held &&
      (request.state === 'received' || request.state === 'working') &&
      deps.clock() < waitsUntil(request.dueAt) &&
      (await readRun(tx, shopId, requestId)) === null;
    if (!mayWait) return null;
    const now = deps.clock();
    const awaited = request.waitsFor === null ? [] : await copiesNotHadYet(tx, shopId, now, [request.waitsFor]);
    return { isKnown: awaited.length > 0, due: await copiesNotHadYet(tx, shopId, now) };
  });
  if (standing === null || standing.due.length === 0) return false;
  if (standing.isKnown) return true;
  const { openRequestIds } = await gather(deps, shopId, requestId, work);
  return withShopSql(deps.pool, shopId, async (tx) => {
    const [awaited = null] =
      openRequestIds.length === 0 ? [] : await copiesNotHadYet(tx, shopId, deps.clock(), openRequestIds);
    await waitFor(tx, shopId, requestId, awaited);
    return awaited !== null;
  });
}

/** Has the erasures taken up that waited for this request: in the transaction in which it is closed, or put on hold. */
export async function wakeErasures(tx: SqlTx, jobs: JobQueue, shopId: string, awaitedId: string): Promise<void> {
  const rows = await tx.query<{ id: string }>(
    `SELECT id FROM app.privacy_requests
     WHERE shop_id = $1::uuid AND waits_for = $2::uuid AND state IN ('received', 'working') ORDER BY id`,
    [shopId, awaitedId],
  );
  for (const { id } of rows) await jobs.add(tx, 'request.work', { shopId, requestId: id });
}

/**
 * Requests for a copy that are under way and whose copy nobody has fetched, of all or of these. One that is held is none of
 * them: from outside anybody can ask for a copy in anybody's name, and that must not keep an erasure waiting.
 */
async function copiesNotHadYet(
  tx: SqlTx,
  shopId: string,
  now: Date,
  among: readonly string[] | null = null,
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `SELECT r.id FROM app.privacy_requests r
     WHERE r.shop_id = $1::uuid AND r.kind = ANY ($2::text[]) AND r.held AND ($3::uuid[] IS NULL OR r.id = ANY ($3::uuid[]))
       AND (r.state IN ('received', 'working', 'review') OR (r.state = 'ready' AND NOT EXISTS (
         SELECT FROM app.access_packages p
         WHERE p.shop_id = r.shop_id AND p.request_id = r.id AND p.end_reason = 'fetched' AND p.ended_at <= $4::timestamptz)))
     ORDER BY r.received_at, r.id`,
    [shopId, COPY_KINDS, among, new Date(now.getTime() - MINUTES_TO_FETCH_AGAIN * MINUTE_MS)],
  );
  return rows.map(({ id }) => id);
}

async function waitFor(tx: SqlTx, shopId: string, requestId: string, awaited: string | null): Promise<void> {
  await tx.query(
    `UPDATE app.privacy_requests SET waits_for = $3::uuid
     WHERE shop_id = $1::uuid AND id = $2::uuid AND waits_for IS DISTINCT FROM $3::uuid`,
    [shopId, requestId, awaited],
  );
}
