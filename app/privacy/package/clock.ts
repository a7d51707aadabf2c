import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { withShop, type ShopTx } from '#app/data/with-shop.ts';
import { COPY_KINDS } from '#app/privacy/package/copy-kinds.ts';
import { type CopyServices, makePackage } from '#app/privacy/package/make.ts';
import { endPackages, releasePackage } from '#app/privacy/package/store.ts';
import { offerRequest } from '#app/privacy/requests/move.ts';
import { CLOSED } from '#app/privacy/requests/states.ts';

/** Of thirty days the 25th: a copy that nobody has looked over by then becomes available to the owner all the same. */
const UNREVIEWED_DAYS_LEFT = 5;
const DAY_MS = 86_400_000;
const ACTOR = 'system:privacy.clock';

/**
 * What the clock does for a shop's copies: gives out on the 25th day what nobody has looked over, and ends what has
 * expired or belongs to a closed request. Each step stands alone; a run that dies is taken up by the next.
 */
export async function keepCopyClock(services: CopyServices, shopId: string): Promise<void> {
  const { db, clock } = services;
  const now = clock();
  await withShop(db, shopId, (tx) => endPackages(sqlTxOfPrisma(tx), shopId, { expiredAt: now }, 'expired', now));
  await withShop(db, shopId, (tx) => endClosed(tx, shopId, now));
  const lastCall = new Date(now.getTime() + UNREVIEWED_DAYS_LEFT * DAY_MS);
  for (const id of await withShop(db, shopId, (tx) => unreviewed(tx, shopId, lastCall))) {
    const isReleased = await withShop(db, shopId, (tx) => releaseUnreviewed(tx, shopId, id, now));
    // It had expired: a fresh one is made and given out.
    if (!isReleased) await makePackage(services, shopId, id, { release: 'day-25' });
  }
}

async function releaseUnreviewed(tx: ShopTx, shopId: string, requestId: string, at: Date): Promise<boolean> {
  if (!(await releasePackage(tx, shopId, requestId, { reason: 'day-25', at }))) return false;
  await offerRequest(sqlTxOfPrisma(tx), shopId, requestId, 'ready', { actor: ACTOR, at });
  return true;
}

/** Requests whose copy waits to be looked over, and whose time is up by then. */
async function unreviewed(tx: ShopTx, shopId: string, dueBy: Date): Promise<string[]> {
  const rows = await tx.privacyRequest.findMany({
    where: { shopId, kind: { in: [...COPY_KINDS] }, state: 'review', dueAt: { lte: dueBy } },
    select: { id: true },
    orderBy: [{ dueAt: 'asc' }, { id: 'asc' }],
  });
  return rows.map(({ id }) => id);
}

async function endClosed(tx: ShopTx, shopId: string, now: Date): Promise<void> {
  const rows = await tx.accessPackage.findMany({
    where: { shopId, endedAt: null, request: { state: { in: [...CLOSED] } } },
    select: { requestId: true },
  });
  await endPackages(sqlTxOfPrisma(tx), shopId, { requestIds: rows.map((row) => row.requestId) }, 'closed', now);
}
