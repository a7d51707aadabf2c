import type { ShopRead, ShopTx } from '#app/data/with-shop.ts';

/** How far the worker has come for a shop. */
export interface Revision {
  /** Grows with every batch applied; text, because it may pass 2^53. */
  readonly revision: string;
  /** When the newest webhook that was applied came from; null before the first. */
  readonly heardAtMs: number | null;
}

interface ActivityRecord {
  readonly revision: bigint | string;
  readonly lastEventAt: Date | null;
}

/** The shop's revision: one row by its key, cheap enough to be asked every two seconds. */
export function revisionRead(shopId: string): ShopRead<ActivityRecord> {
  const sql = 'SELECT revision, last_event_at AS "lastEventAt" FROM app.shop_activity WHERE shop_id = $1::uuid';
  return { sql, params: [shopId] };
}

/** What {@link revisionRead} found. */
export function revisionOf(activity: ActivityRecord | null | undefined): Revision {
  return {
    revision: (activity?.revision ?? 0n).toString(),
    heardAtMs: activity?.lastEventAt?.getTime() ?? null,
  };
}

/** The same inside a transaction that is under way. */
export async function getRevision(tx: ShopTx, shopId: string): Promise<Revision> {
  const activity = await tx.shopActivity.findUnique({
    where: { shopId },
    select: { revision: true, lastEventAt: true },
  });
  return revisionOf(activity);
}
