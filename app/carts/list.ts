import { formatCursor, type CartCursor } from '#app/carts/cursor.ts';
import { CART_ROW_SELECT, cartRow, type CartRow } from '#app/carts/row.ts';
import { getRevision } from '#app/carts/revision.ts';
import { viewFilter, type CartView } from '#app/carts/views.ts';
import type { Prisma } from '#app/data/prisma/client.ts';
import { withShop, type Database } from '#app/data/with-shop.ts';

/** Rows on one page of the list. */
export const CARTS_PER_PAGE = 50;

export interface CartListQuery {
  readonly view: CartView;
  /** A customer code such as "7F3K"; null for everybody. */
  readonly code: string | null;
  /** The last row of the page before; null for the first page. */
  readonly after: CartCursor | null;
}

/** One page of carts, newest change first. */
export interface CartList {
  readonly view: CartView;
  readonly code: string | null;
  readonly isFirstPage: boolean;
  readonly rows: readonly CartRow[];
  /** The place of the newest row, by which the live page asks what has come above it; null when there is none. */
  readonly topCursor: string | null;
  /** Opaque place to continue from; null on the last page. */
  readonly nextCursor: string | null;
  /** Whether the shop has any cart at all: tells "nothing yet" from "nothing found". */
  readonly hasAnyCart: boolean;
  readonly revision: string;
  readonly heardAtMs: number | null;
  readonly readAtMs: number;
}

/**
 * Reads one page of a shop's carts. Opens nothing sealed and so needs no access record.
 *
 * Pages continue from a key, not an offset, so depth costs nothing and a cart that moves up meanwhile is not skipped
 * nor shown twice on the way down.
 */
export function listCarts(
  db: Database,
  shopId: string,
  query: CartListQuery,
  settings: { readonly idleAfterMinutes: number; readonly nowMs: number },
): Promise<CartList> {
  return withShop(db, shopId, async (tx) => {
    // The revision first: what is committed between the two reads is then heard of again, never missed.
    const { revision, heardAtMs } = await getRevision(tx, shopId);
    const records = await tx.cart.findMany({
      where: {
        shopId,
        AND: [
          viewFilter(query.view, settings.idleAfterMinutes, settings.nowMs),
          ...byCode(query.code),
          ...(query.after === null ? [] : [olderThan(query.after)]),
        ],
      },
      orderBy: [{ lastChangedAt: 'desc' }, { id: 'desc' }],
      take: CARTS_PER_PAGE + 1,
      select: CART_ROW_SELECT,
    });
    const rows = records.slice(0, CARTS_PER_PAGE).map(cartRow);
    const last = rows.at(-1);
    const hasMore = records.length > CARTS_PER_PAGE && last !== undefined;
    const hasAnyCart =
      rows.length > 0 || (await tx.cart.findFirst({ where: { shopId }, select: { id: true } })) !== null;
    const first = rows[0];
    return {
      view: query.view,
      code: query.code,
      isFirstPage: query.after === null,
      rows,
      topCursor: first === undefined ? null : formatCursor(first),
      nextCursor: hasMore ? formatCursor(last) : null,
      hasAnyCart,
      revision,
      heardAtMs,
      readAtMs: settings.nowMs,
    };
  });
}

/** The carts of one customer code; of everybody when there is none. */
export function byCode(code: string | null): Prisma.CartWhereInput[] {
  return code === null ? [] : [{ person: { supportCode: code } }];
}

/** Said twice: the plain bound is what the index can start from, the rest breaks ties of one millisecond. */
function olderThan({ lastChangedAtMs, id }: CartCursor): Prisma.CartWhereInput {
  const lastChangedAt = new Date(lastChangedAtMs);
  return {
    lastChangedAt: { lte: lastChangedAt },
    OR: [{ lastChangedAt: { lt: lastChangedAt } }, { lastChangedAt, id: { lt: id } }],
  };
}
