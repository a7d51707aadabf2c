import { writeAccessRecord } from '#app/access/record.ts';
import { signStatement } from '#app/access/log/statement.ts';
import { verifyAccessLog, type VerifyDeps } from '#app/access/log/verify.ts';
import { signingKey } from '#app/data/signing-key.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { withShop } from '#app/data/with-shop.ts';

/** What the database refuses to go below, whatever anybody asks for: app.keep_access_records. */
const MINIMUM_RETENTION_MONTHS = 13;

export type RetireResult =
  | { readonly ok: true; readonly removed: bigint; readonly upTo: bigint | null }
  | { readonly ok: false; readonly reason: 'too-young' | 'not-intact' };

/**
 * Removes a shop's access records from before `before`: only from the beginning of the chain and without a gap, only while
 * the chain is intact, and none younger than {@link MINIMUM_RETENTION_MONTHS}. A signed statement with number and hash of
 * the last one removed stays in their place, and verification begins there. The removal is itself on record.
 *
 * All of it is one transaction. Done twice, the second finds nothing.
 */
export async function retireAccessRecords(
  deps: VerifyDeps,
  shopId: string,
  {
    before,
    now,
    job,
    requestId,
  }: { readonly before: Date; readonly now: Date; readonly job: string; readonly requestId: string },
): Promise<RetireResult> {
  if (before > monthsBefore(now, MINIMUM_RETENTION_MONTHS)) return { ok: false, reason: 'too-young' };
  const oldest = await withShop(deps.db, shopId, (tx) =>
    tx.accessRecord.findFirst({ where: { shopId }, orderBy: { seq: 'asc' }, select: { recordedAt: true } }),
  );
  if (oldest === null || oldest.recordedAt >= before) return { ok: true, removed: 0n, upTo: null };
  const { isIntact } = await verifyAccessLog(deps, shopId);
  if (!isIntact) return { ok: false, reason: 'not-intact' };

  return withShop(deps.db, shopId, async (tx) => {
    const sql = sqlTxOfPrisma(tx);
    // The first record that stays decides, so that what is removed has no gap whatever the clocks did.
    const [last] = await sql.query<{ seq: bigint; hash: Uint8Array }>(
      `SELECT seq, hash FROM app.access_records WHERE shop_id = $1::uuid AND seq < coalesce(
         (SELECT min(seq) FROM app.access_records WHERE shop_id = $1::uuid AND recorded_at >= $2::timestamptz),
         (SELECT seq + 1 FROM app.access_chains WHERE shop_id = $1::uuid))
       ORDER BY seq DESC LIMIT 1`,
      [shopId, before],
    );
    if (last === undefined) return { ok: true, removed: 0n, upTo: null };
    const { seq } = last;
    const hash = Uint8Array.from(last.hash);
    const note = signStatement(await signingKey(sql, deps.keyring), 'retired', [{ shopId, seq, hash }]);
    await tx.accessCheckpoint.create({
      data: { shopId, kind: 'retired', seq, hash, madeAt: now, note },
      select: { seq: true },
    });
    await sql.query('SET LOCAL ROLE ci_maintenance');
    const [answer] = await sql.query<{ removed: bigint }>(
      'SELECT app.retire_access_records($1::uuid, $2::bigint) AS removed',
      [shopId, seq],
    );
    await sql.query('SET LOCAL ROLE ci_app');
    const removed = answer?.removed ?? 0n;
    await writeAccessRecord(tx, shopId, {
      at: now,
      actor: `system:${job}`,
      purpose: 'security',
      page: job,
      fields: ['app.access_records'],
      subjects: [],
      valueCount: Number(removed),
      requestId,
      outcome: 'retired',
    });
    return { ok: true, removed, upTo: seq };
  });
}

function monthsBefore(date: Date, months: number): Date {
  const earlier = new Date(date);
  earlier.setUTCMonth(earlier.getUTCMonth() - months);
  return earlier;
}
