import { z } from 'zod';

import { getCursor } from '#app/carts/cursor.ts';
import { isUuid } from '#app/data/uuid.ts';
import { CARTS_PER_PAGE, cursorPlace, listConditions, type ListSettings } from '#app/carts/list.ts';
import { revisionOf, revisionRead } from '#app/carts/revision.ts';
import { type CartRecord, cartRow, type CartRow, SELECT_CART_ROWS } from '#app/carts/row.ts';
import { CART_VIEWS } from '#app/carts/views.ts';
import { Params } from '#app/data/sql-tx.ts';
import { readShop, type Database, type ShopRead } from '#app/data/with-shop.ts';

/** What a live page tells: what it shows and up to which revision it knows. Ids and a place in the list, nothing else. */
export const changesQuerySchema = z.object({
  revision: z.string().regex(/^\d{1,19}$/),
  shown: z.array(z.string().refine(isUuid)).max(CARTS_PER_PAGE * 2),
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
  /** People whose names the page shows; present when it shows names at all. A poll opens those of others only. */
  named: z
    .array(z.string().refine(isUuid))
    .max(CARTS_PER_PAGE * 2)
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
export async function readChanges(
  db: Database,
  shopId: string,
  query: ChangesQuery,
  settings: ListSettings,
): Promise<Changes> {
  // A revision that is read before the rows can be older than they are, never newer: nothing is missed.
  const [activity] = await readShop(db, shopId, [revisionRead(shopId)]);
  const known = revisionOf(activity[0]);
  const answer = { ...known, readAtMs: settings.nowMs };
  if (known.revision === query.revision) return { ...answer, rows: null, newer: null };
  const { list } = query;
  const rows = shownRead(shopId, query.shown);
  if (list === undefined) {
    const [records] = await readShop(db, shopId, [rows]);
    return { ...answer, rows: records.map(cartRow), newer: null };
  }
  const [records, newer] = await readShop(db, shopId, [rows, newerRead(shopId, query.shown, list, settings)]);
  const { top } = list;
  const begun = newer.filter(({ startedAt }) => top === null || startedAt.getTime() > top.lastChangedAtMs).length;
  return { ...answer, rows: records.map(cartRow), newer: { begun, moved: newer.length - begun } };
}

function shownRead(shopId: string, shown: readonly string[]): ShopRead<CartRecord> {
  return {
    sql: `${SELECT_CART_ROWS} WHERE c.shop_id = $1::uuid AND c.id = ANY ($2::uuid[])`,
    params: [shopId, shown],
  };
}

function newerRead(
  shopId: string,
  shown: readonly string[],
  list: NonNullable<ChangesQuery['list']>,
  settings: ListSettings,
): ShopRead<{ readonly startedAt: Date }> {
  const params = new Params();
  const conditions = listConditions(shopId, list, settings, params);
  if (list.top !== null) conditions.push(`(c.last_changed_at, c.id) > ${cursorPlace(list.top, params)}`);
  conditions.push(`c.id <> ALL (${params.add(shown, 'uuid[]')})`);
  const sql = `SELECT c.started_at AS "startedAt"
    FROM app.carts c LEFT JOIN app.people p ON p.shop_id = c.shop_id AND p.id = c.person_id
    WHERE ${conditions.join(' AND ')} ORDER BY c.last_changed_at DESC, c.id DESC LIMIT ${String(NEWER_COUNT_LIMIT)}`;
  return { sql, params: params.values };
}
