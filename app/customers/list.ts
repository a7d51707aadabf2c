import { formatCustomerCursor, type CustomerCursor } from '#app/customers/cursor.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { withShop, type Database } from '#app/data/with-shop.ts';

/** Rows on one page of the list. */
export const CUSTOMERS_PER_PAGE = 50;

export interface CustomerListQuery {
  /** A customer code such as "7F3K"; null for everybody. */
  readonly code: string | null;
  /** The last row of the page before; null for the first page. */
  readonly after: CustomerCursor | null;
}

/** A customer in the list, ready to travel as JSON. */
export interface CustomerRow {
  readonly id: string;
  readonly code: string;
  readonly firstSeenAtMs: number;
  readonly cartCount: number;
  readonly orderCount: number;
  readonly lastChangedAtMs: number | null;
}

/** One page of customers, newest first. */
export interface CustomerList {
  readonly code: string | null;
  readonly isFirstPage: boolean;
  readonly rows: readonly CustomerRow[];
  /** Opaque place to continue from; null on the last page. */
  readonly nextCursor: string | null;
  readonly hasAnyCustomer: boolean;
  readonly readAtMs: number;
}

interface Record {
  id: string;
  support_code: string;
  first_seen_at: Date;
  carts: number;
  orders: number;
  last_changed_at: Date | null;
}

/**
 * Reads one page of a shop's customers. Opens nothing sealed and so needs no access record.
 *
 * Somebody whom Shopify merged into another customer stands in the list as that one.
 */
export function listCustomers(
  db: Database,
  shopId: string,
  { code, after }: CustomerListQuery,
  nowMs: number,
): Promise<CustomerList> {
  return withShop(db, shopId, async (tx) => {
    const records = await sqlTxOfPrisma(tx).query<Record>(
      `SELECT p.id, p.support_code, p.first_seen_at, c.carts, o.orders, c.last_changed_at
       FROM (
         SELECT p.id, p.support_code, p.first_seen_at FROM app.people p
         WHERE p.shop_id = $1::uuid
           AND ($2::text IS NULL OR p.support_code = $2)
           AND ($3::timestamptz IS NULL OR (p.first_seen_at, p.id) < ($3::timestamptz, $4::uuid))
           AND NOT EXISTS (
             SELECT FROM app.person_aliases a JOIN app.people kept
               ON kept.shop_id = a.shop_id AND kept.customer_ref = a.kept_ref
             WHERE a.shop_id = p.shop_id AND a.deleted_ref = p.customer_ref)
         ORDER BY p.first_seen_at DESC, p.id DESC LIMIT $5::int) p
       CROSS JOIN LATERAL (
         SELECT count(*)::int AS carts, max(last_changed_at) AS last_changed_at FROM app.carts
         WHERE shop_id = $1::uuid AND person_id = p.id) c
       CROSS JOIN LATERAL (
         SELECT count(*)::int AS orders FROM app.orders
         WHERE shop_id = $1::uuid AND person_id = p.id AND cancelled_at IS NULL) o
       ORDER BY p.first_seen_at DESC, p.id DESC`,
      [shopId, code, after === null ? null : new Date(after.firstSeenAtMs), after?.id ?? null, CUSTOMERS_PER_PAGE + 1],
    );
    const rows = records.slice(0, CUSTOMERS_PER_PAGE).map(customerRow);
    const last = rows.at(-1);
    const hasMore = records.length > CUSTOMERS_PER_PAGE && last !== undefined;
    return {
      code,
      isFirstPage: after === null,
      rows,
      nextCursor: hasMore ? formatCustomerCursor(last) : null,
      hasAnyCustomer:
        rows.length > 0 || (await tx.person.findFirst({ where: { shopId }, select: { id: true } })) !== null,
      readAtMs: nowMs,
    };
  });
}

function customerRow(record: Record): CustomerRow {
  return {
    id: record.id,
    code: record.support_code,
    firstSeenAtMs: record.first_seen_at.getTime(),
    cartCount: record.carts,
    orderCount: record.orders,
    lastChangedAtMs: record.last_changed_at?.getTime() ?? null,
  };
}
