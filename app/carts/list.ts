import { formatCursor, type CartCursor } from '#app/carts/cursor.ts';
import { type CartRecord, cartRow, type CartRow, SELECT_CART_ROWS } from '#app/carts/row.ts';
import { revisionOf, revisionRead } from '#app/carts/revision.ts';
import { viewConditions, type CartView } from '#app/carts/views.ts';
import { Params } from '#app/data/sql-tx.ts';
import { readShop, type Database, type ShopRead } from '#app/data/with-shop.ts';

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

/** What a list depends on besides the question. */
export interface ListSettings {
  readonly idleAfterMinutes: number;
  readonly nowMs: number;
}

/**
 * Reads one page of a shop's carts. Opens nothing sealed and so needs no access record.
 *
 * Pages continue from a key, not an offset, so depth costs nothing and a cart that moves up meanwhile is not skipped
 * nor shown twice on the way down.
 */
export async function listCarts(
  db: Database,
  shopId: string,
  query: CartListQuery,
  settings: ListSettings,
): Promise<CartList> {
  // The revision first: what is committed between the two reads is then heard of again, never missed.
  const [activity, records] = await readShop(db, shopId, [revisionRead(shopId), pageRead(shopId, query, settings)]);
  const rows = records.slice(0, CARTS_PER_PAGE).map(cartRow);
  const [first, last] = [rows[0], rows.at(-1)];
  return {
    view: query.view,
    code: query.code,
    isFirstPage: query.after === null,
    rows,
    topCursor: first === undefined ? null : formatCursor(first),
    nextCursor: records.length > CARTS_PER_PAGE && last !== undefined ? formatCursor(last) : null,
    hasAnyCart: rows.length > 0 || (await hasAnyCart(db, shopId)),
    ...revisionOf(activity[0]),
    readAtMs: settings.nowMs,
  };
}

/** The page's own statement. One row more than a page tells that there is another. */
export function pageRead(shopId: string, query: CartListQuery, settings: ListSettings): ShopRead<CartRecord> {
  const params = new Params();
  const conditions = listConditions(shopId, query, settings, params);
  if (query.after !== null) conditions.push(`(c.last_changed_at, c.id) < ${cursorPlace(query.after, params)}`);
  const sql = `${SELECT_CART_ROWS} WHERE ${conditions.join(' AND ')}
    ORDER BY c.last_changed_at DESC, c.id DESC LIMIT ${String(CARTS_PER_PAGE + 1)}`;
  return { sql, params: params.values };
}

/** Which carts a list is about: one shop's, of a view, of one customer code or of everybody. */
export function listConditions(
  shopId: string,
  { view, code }: Pick<CartListQuery, 'view' | 'code'>,
  { idleAfterMinutes, nowMs }: ListSettings,
  params: Params,
): string[] {
  return [
    `c.shop_id = ${params.add(shopId, 'uuid')}`,
    ...viewConditions(view, idleAfterMinutes, nowMs, params),
    ...(code === null ? [] : [`p.support_code = ${params.add(code, 'text')}`]),
  ];
}

/** A place in the list, to compare `(c.last_changed_at, c.id)` with. */
export function cursorPlace({ lastChangedAtMs, id }: CartCursor, params: Params): string {
  return `(${params.add(new Date(lastChangedAtMs), 'timestamptz')}, ${params.add(id, 'uuid')})`;
}

async function hasAnyCart(db: Database, shopId: string): Promise<boolean> {
  const any = { sql: 'SELECT 1 FROM app.carts WHERE shop_id = $1::uuid LIMIT 1', params: [shopId] };
  const [found] = await readShop(db, shopId, [any]);
  return found.length > 0;
}
