import { formatCustomerCursor, type CustomerCursor } from '#app/customers/cursor.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { withShop, type Database } from '#app/data/with-shop.ts';

/** Rows on one page of the list. */
const CUSTOMERS_PER_PAGE = 50;

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
  /** When this row of the customer came to be: what the list goes by. */
  readonly firstSeenAtMs: number;
  /** Earlier than that when Shopify has merged somebody into them who came before. */
  readonly knownSinceMs: number;
  readonly cartCount: number;
  /** All orders, as their page lists them; those that were cancelled are among them. */
  readonly orderCount: number;
  readonly cancelledCount: number;
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

interface CustomerRecord {
  id: string;
  support_code: string;
  first_seen_at: Date;
  known_since: Date;
  carts: number;
  orders: number;
  cancelled: number;
  last_changed_at: Date | null;
}

/**
 * Reads one page of a shop's customers. Opens nothing sealed and so needs no access record.
 *
 * Somebody whom Shopify merged into another customer stands in the list as that one, and what is theirs is counted there, as
 * on the customer's page. Somebody of whom no more was known than an address, and whose carts turned out to be a customer's,
 * has nothing left and is found by code only.
 */
export function listCustomers(
  db: Database,
  shopId: string,
  { code, after }: CustomerListQuery,
  nowMs: number,
): Promise<CustomerList> {
  return withShop(db, shopId, async (tx) => {
    const records = await sqlTxOfPrisma(tx).query<CustomerRecord>(
      `WITH page AS (
         SELECT p.id, p.customer_ref, p.support_code, p.first_seen_at FROM app.people p
         WHERE p.shop_id = $1::uuid
           AND ($2::text IS NULL OR p.support_code = $2)
           AND ($3::timestamptz IS NULL OR (p.first_seen_at, p.id) < ($3::timestamptz, $4::uuid))
           AND NOT EXISTS (
             SELECT FROM app.person_aliases a JOIN app.people kept
               ON kept.shop_id = a.shop_id AND kept.customer_ref = a.kept_ref
             WHERE a.shop_id = p.shop_id AND a.deleted_ref = p.customer_ref)
           AND ($2::text IS NOT NULL OR p.customer_ref IS NOT NULL
             OR EXISTS (SELECT FROM app.carts WHERE shop_id = p.shop_id AND person_id = p.id)
             OR EXISTS (SELECT FROM app.orders WHERE shop_id = p.shop_id AND person_id = p.id))
         ORDER BY p.first_seen_at DESC, p.id DESC LIMIT $5::int),
       family AS (
         SELECT id AS head, id, first_seen_at FROM page
         UNION ALL
         SELECT page.id, m.id, m.first_seen_at FROM page
           JOIN app.person_aliases a ON a.shop_id = $1::uuid AND a.kept_ref = page.customer_ref
           JOIN app.people m ON m.shop_id = $1::uuid AND m.customer_ref = a.deleted_ref)
       SELECT p.id, p.support_code, p.first_seen_at, f.known_since,
         c.carts, c.last_changed_at, o.orders, o.cancelled
       FROM page p
       CROSS JOIN LATERAL (SELECT array_agg(id) AS ids, min(first_seen_at) AS known_since FROM family WHERE head = p.id) f
       CROSS JOIN LATERAL (
         SELECT count(*)::int AS carts, max(last_changed_at) AS last_changed_at FROM app.carts
         WHERE shop_id = $1::uuid AND person_id = ANY (f.ids)) c
       CROSS JOIN LATERAL (
         SELECT count(*)::int AS orders, count(cancelled_at)::int AS cancelled FROM app.orders
         WHERE shop_id = $1::uuid AND person_id = ANY (f.ids)) o
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
      // Where nothing was looked for, an empty list says itself that there is nobody.
      hasAnyCustomer:
        rows.length > 0 ||
        ((code !== null || after !== null) &&
          (await tx.person.findFirst({ where: { shopId }, select: { id: true } })) !== null),
      readAtMs: nowMs,
    };
  });
}

function customerRow(record: CustomerRecord): CustomerRow {
  return {
    id: record.id,
    code: record.support_code,
    firstSeenAtMs: record.first_seen_at.getTime(),
    knownSinceMs: record.known_since.getTime(),
    cartCount: record.carts,
    orderCount: record.orders,
    cancelledCount: record.cancelled,
    lastChangedAtMs: record.last_changed_at?.getTime() ?? null,
  };
}
