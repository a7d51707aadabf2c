import type { Purpose } from '#app/privacy/purposes.ts';
import type { ShopTx } from '#app/data/with-shop.ts';

/** Purposes for which a person may ask to see names; the first is what most of them come for. */
export const REVEAL_PURPOSES = ['customer-service', 'privacy-requests'] as const satisfies readonly Purpose[];
export type RevealPurpose = (typeof REVEAL_PURPOSES)[number];

/** Names are hidden again after this long without a page that shows any. */
export const REVEAL_IDLE_MINUTES = 30;
export const REVEAL_IDLE_MS = REVEAL_IDLE_MINUTES * 60_000;

/** A reveal is noted as used this often at most, so that reading stays reading. */
const TOUCH_EVERY_MS = 15_000;

/** When a reveal that was ended by hand was last used: longer ago than any clock of ours is wrong. */
const LONG_OVER = new Date(0);

/** Names are shown to somebody, for this purpose, until this time or until they hide them. */
export interface ActiveReveal {
  readonly purpose: RevealPurpose;
  readonly endsAtMs: number;
}

/** The reveal of a row, if it is in force; an hour-old row is as good as none. */
export function activeReveal(
  row: { readonly purpose: string; readonly usedAt: Date } | null,
  nowMs: number,
): ActiveReveal | null {
  const purpose = getRevealPurpose(row?.purpose);
  if (row === null || purpose === null) return null;
  const endsAtMs = row.usedAt.getTime() + REVEAL_IDLE_MS;
  return endsAtMs > nowMs ? { purpose, endsAtMs } : null;
}

/** What names were last shown to somebody for, also when they are hidden since; for others what most people come for. */
export function usualPurpose(row: { readonly purpose: string } | null): RevealPurpose {
  return getRevealPurpose(row?.purpose) ?? REVEAL_PURPOSES[0];
}

export function getRevealPurpose(text: unknown): RevealPurpose | null {
  return REVEAL_PURPOSES.find((purpose) => purpose === text) ?? null;
}

/** Shows names to a staff member from now on. The caller has made sure that they may. */
export async function startReveal(
  tx: ShopTx,
  shopId: string,
  { memberId, purpose, at }: { readonly memberId: string; readonly purpose: RevealPurpose; readonly at: Date },
): Promise<void> {
  const values = { purpose, startedAt: at, usedAt: at };
  await tx.reveal.upsert({
    where: { shopId_memberId: { shopId, memberId } },
    create: { shopId, memberId, ...values },
    update: values,
  });
}

/** Hides names from a staff member, on all their pages and devices at once. The purpose stays, to be offered again. */
export async function endReveal(tx: ShopTx, shopId: string, memberId: string): Promise<void> {
  await tx.reveal.updateMany({ where: { shopId, memberId }, data: { usedAt: LONG_OVER } });
}

/** A page with names was opened: half an hour begins anew. A reveal that has run out meanwhile stays so. */
export async function touchReveal(tx: ShopTx, shopId: string, memberId: string, nowMs: number): Promise<void> {
  await tx.reveal.updateMany({
    where: {
      shopId,
      memberId,
      usedAt: { gt: new Date(nowMs - REVEAL_IDLE_MS), lt: new Date(nowMs - TOUCH_EVERY_MS) },
    },
    data: { usedAt: new Date(nowMs) },
  });
}
