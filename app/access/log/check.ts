import { keepCheckpoint } from '#app/access/log/checkpoint.ts';
import type { Fault } from '#app/access/log/links.ts';
import { raiseReview } from '#app/access/log/review.ts';
import { type Verification, verifyAccessLog, type VerifyDeps } from '#app/access/log/verify.ts';
import { type ShopTx, withShop } from '#app/data/with-shop.ts';

/** What the last verification found, as the page shows it. */
export interface CheckResult {
  readonly checkedAtMs: number;
  readonly isIntact: boolean;
  readonly records: number;
  readonly head: { readonly seq: number; readonly hash: string };
  /** `missing:17`, `unguarded:trigger stays on app.access_records` */
  readonly faults: readonly string[];
}

/**
 * Verifies a shop's chain, keeps the result, and signs a checkpoint when the chain is intact and has grown. A chain that is
 * not becomes a review, each day that it stays so.
 */
export async function checkAccessLog(deps: VerifyDeps, shopId: string, at: Date): Promise<Verification> {
  const found = await verifyAccessLog(deps, shopId);
  await withShop(deps.db, shopId, async (tx) => {
    const { isIntact, records, head, faultCount } = found;
    const result = { checkedAt: at, isIntact, records, seq: head.seq, hash: Uint8Array.from(head.hash) };
    const faults = found.faults.map(faultWord);
    await tx.accessCheck.upsert({
      where: { shopId },
      create: { shopId, ...result, faults },
      update: { ...result, faults },
      select: { shopId: true },
    });
    if (isIntact) await keepCheckpoint(tx, deps.keyring, shopId, head, at);
    else {
      const day = at.toISOString().slice(0, 10);
      const finding = { rule: 'log-broken', actor: 'system:access-log', day, count: faultCount, threshold: 1 } as const;
      await raiseReview(tx, shopId, { ...finding, lastSeq: head.seq }, at);
    }
  });
  return found;
}

/** The result of the last verification; null before the first. */
export async function readCheck(tx: ShopTx, shopId: string): Promise<CheckResult | null> {
  const row = await tx.accessCheck.findUnique({ where: { shopId } });
  if (row === null) return null;
  return {
    checkedAtMs: row.checkedAt.getTime(),
    isIntact: row.isIntact,
    records: Number(row.records),
    head: { seq: Number(row.seq), hash: Buffer.from(row.hash).toString('hex') },
    faults: row.faults,
  };
}

function faultWord({ code, seq, what }: Fault): string {
  return seq === null ? `${code}:${what ?? ''}` : `${code}:${String(seq)}`;
}
