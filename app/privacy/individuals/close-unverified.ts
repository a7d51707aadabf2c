import type { SqlTx } from '#app/data/sql-tx.ts';
import { refuseRequest } from '#app/privacy/requests/move.ts';

const ACTOR = 'system:privacy.clock';

/**
 * Closes what came through the public page and was never verified by the day an answer was due: as refused, because nobody
 * could tell who asks. Without an end, whoever likes could fill a shop's desk for ever, one day after the other.
 *
 * What staff went on with and held again is theirs: only what stands as it came is closed. Staff are reminded ten and three days before, and can begin the request themselves at any time afterwards.
 *
 * @param tx bound to the shop.
 * @returns how many were closed.
 */
export async function closeUnverified(tx: SqlTx, shopId: string, now: Date): Promise<number> {
  const rows = await tx.query<{ id: string }>(
    `SELECT id FROM app.privacy_requests
     WHERE shop_id = $1::uuid AND source = 'individual' AND state = 'paused' AND pause_ground = 'identity'
       AND paused_at = received_at AND due_at <= $2::timestamptz
     ORDER BY id`,
    [shopId, now],
  );
  for (const { id } of rows) await refuseRequest(tx, shopId, id, 'not-identified', { actor: ACTOR, at: now });
  return rows.length;
}
