import { createHash } from 'node:crypto';

import { sqlTxOfPrisma, type SqlTx } from '#app/data/sql-tx.ts';
import { isUuid } from '#app/data/uuid.ts';
import { type Database, withShop } from '#app/data/with-shop.ts';
import { type DeskList, type DeskPlace, readDesk } from '#app/privacy/desk/list.ts';

interface StampServices {
  readonly db: Database;
  readonly clock: () => Date;
}

/** A short text that is the same as long as the page would show the same. Says nothing else. */
function stampOf(shown: unknown): string {
  return createHash('sha256').update(JSON.stringify(shown)).digest('base64url').slice(0, 16);
}

/** The stamp of what the Requests page shows. The time of day is no change. */
export function stampOfDesk({ nowMs: _now, ...shown }: DeskList): string {
  return stampOf(shown);
}

export async function readDeskStamp(services: StampServices, shopId: string, place: DeskPlace): Promise<string> {
  return stampOfDesk(await readDesk(services, shopId, place));
}

/** The stamp of a request: how far it and its copy are. Nothing is opened for it, so that asking often leaves no record. */
export async function stampOfRequest(tx: SqlTx, shopId: string, requestId: string): Promise<string | null> {
  const [row] = await tx.query(
    `SELECT r.state, r.due_at, r.pause_ground, r.residue, r.waits_for,
       (SELECT count(*)::int FROM app.privacy_request_steps s WHERE s.shop_id = r.shop_id AND s.request_id = r.id) AS steps,
       (SELECT max(e.erased_at) FROM app.erasure_runs e WHERE e.shop_id = r.shop_id AND e.request_id = r.id) AS erased_at,
       (SELECT jsonb_agg(jsonb_build_array(p.id, p.previewed_at, p.released_at, p.ended_at) ORDER BY p.id)
        FROM app.access_packages p WHERE p.shop_id = r.shop_id AND p.request_id = r.id) AS copies,
       (SELECT sum(t.blocked)::int FROM app.tombstones t WHERE t.shop_id = r.shop_id AND t.request_id = r.id) AS blocked
     FROM app.privacy_requests r WHERE r.shop_id = $1::uuid AND r.id = $2::uuid`,
    [shopId, requestId],
  );
  return row === undefined ? null : stampOf(row);
}

/** {@link stampOfRequest}; null also for what is no id. */
export async function readRequestStamp({ db }: StampServices, shopId: string, id: string): Promise<string | null> {
  return isUuid(id) ? withShop(db, shopId, (tx) => stampOfRequest(sqlTxOfPrisma(tx), shopId, id)) : null;
}
