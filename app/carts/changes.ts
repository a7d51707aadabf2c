import { z } from 'zod';

import { getCursor, isCartId, type CartCursor } from '#app/carts/cursor.ts';
import { byCode, CARTS_PER_PAGE } from '#app/carts/list.ts';
import { getRevision } from '#app/carts/revision.ts';
import { CART_ROW_SELECT, cartRow, type CartRow } from '#app/carts/row.ts';
import { CART_VIEWS, viewFilter } from '#app/carts/views.ts';
import type { Prisma } from '#app/data/prisma/client.ts';
import { withShop, type Database, type ShopTx } from '#app/data/with-shop.ts';

/** What a live page tells: what it shows and up to which revision it knows. Ids and a place in the list, nothing else. */
export const changesQuerySchema = z.object({
  revision: z.string().regex(/^\d{1,19}$/),
  shown: z.array(z.string().refine(isCartId)).max(CARTS_PER_PAGE * 2),
  /** Absent: the page shows single carts and does not care about new ones. */
  list: z
    .object({
      view: z.enum(CART_VIEWS),
      /** The customer code the list is narrowed to. */
      code: z.string().max(8).nullable(),
      /** The newest row when the page was read; null when it was empty. */
      top: z
        .string()
        .nullable()
        .transform((text) => getCursor(text)),
    })
    .optional(),
});
export type ChangesQuery = z.output<typeof changesQuerySchema>;

/** What happened since. */
export interface Changes {
  readonly revision: string;
  readonly heardAtMs: number | null;
  readonly readAtMs: number;
  /** The shown carts as they are now; null when nothing was applied since. */
  readonly rows: readonly CartRow[] | null;
  /** Carts above the page: begun since, or older ones that changed. Counted up to a hundred in all. */
  readonly newer: { readonly begun: number; readonly moved: number } | null;
}

/** More than a page says in words ("99+"), and cheap to count. */
const NEWER_COUNT_LIMIT = 100;

/**
 * What a live page has to change. When the revision stands still that is one small read; otherwise the rows it shows,
 * and how many carts wait above them. Opens nothing sealed.
 */
export function readChanges(
  db: Database,
  shopId: string,
  query: ChangesQuery,
  settings: { readonly idleAfterMinutes: number; readonly nowMs: number },
): Promise<Changes> {
  return withShop(db, shopId, async (tx) => {
    const known = await getRevision(tx, shopId);
    const answer = { ...known, readAtMs: settings.nowMs };
    if (known.revision === query.revision) return { ...answer, rows: null, newer: null };
    const records = await tx.cart.findMany({ where: { shopId, id: { in: query.shown } }, select: CART_ROW_SELECT });
    const newer = query.list === undefined ? null : await countNewer(tx, shopId, query, query.list, settings);
    return { ...answer, rows: records.map(cartRow), newer };
  });
}

async function countNewer(
  tx: ShopTx,
  shopId: string,
  query: ChangesQuery,
  { view, code, top }: NonNullable<ChangesQuery['list']>,
  settings: { readonly idleAfterMinutes: number; readonly nowMs: number },
) {
  const records = await tx.cart.findMany({
    where: {
      shopId,
      AND: [
        viewFilter(view, settings.idleAfterMinutes, settings.nowMs),
        ...byCode(code),
        ...(top === null ? [] : [newerThan(top)]),
      ],
      id: { notIn: query.shown },
    },
    orderBy: [{ lastChangedAt: 'desc' }, { id: 'desc' }],
    take: NEWER_COUNT_LIMIT,
    select: { startedAt: true },
  });
  const begun = records.filter(({ startedAt }) => top === null || startedAt.getTime() > top.lastChangedAtMs).length;
  return { begun, moved: records.length - begun };
}

function newerThan({ lastChangedAtMs, id }: CartCursor): Prisma.CartWhereInput {
  const lastChangedAt = new Date(lastChangedAtMs);
  return {
    lastChangedAt: { gte: lastChangedAt },
    OR: [{ lastChangedAt: { gt: lastChangedAt } }, { lastChangedAt, id: { gt: id } }],
  };
}
