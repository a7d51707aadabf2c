import { RETENTION_RULES, type RetentionRuleName, type RetentionTerms } from '#app/privacy/retention.ts';

/**
 * When what is there has had its time, in the database's words. {@link endOfTerm} says the same of one moment; a test
 * holds the two together.
 */

/** Rules under which rows of carts, checkouts, orders and people go. */
export const ROW_RULES = [
  'emptyCarts',
  'abandonedCarts',
  'convertedCarts',
  'checkouts',
  'orders',
  'people',
] as const satisfies readonly RetentionRuleName[];
export type RowRule = (typeof ROW_RULES)[number];

/**
 * Which rule a cart of the alias `c` goes by: what became of it (app/carts/status.ts). A cart whose time can be up has
 * long not been changed, so it is bought, empty or abandoned.
 */
export const CART_RULE_SQL = `CASE WHEN c.ordered_at IS NOT NULL THEN 'convertedCarts'
  WHEN c.item_count = 0 THEN 'emptyCarts' ELSE 'abandonedCarts' END`;

/** The end of the term of `clock`, in SQL. The numbers are ours, never a user's text. */
export function endSql(clock: string, terms: RetentionTerms, rule: RetentionRuleName): string {
  const interval = `make_interval(${RETENTION_RULES[rule].unit} => ${String(Math.trunc(terms[rule]))})`;
  return `((${clock} AT TIME ZONE 'UTC') + ${interval}) AT TIME ZONE 'UTC'`;
}

/** The end of the term of a cart whose rule and clock stand in the columns named so. */
export function cartEndSql(terms: RetentionTerms, rule: string, clock: string): string {
  return `CASE ${rule} WHEN 'convertedCarts' THEN ${endSql(clock, terms, 'convertedCarts')}
    WHEN 'emptyCarts' THEN ${endSql(clock, terms, 'emptyCarts')} ELSE ${endSql(clock, terms, 'abandonedCarts')} END`;
}

/** The last doing of a person of the alias `p` that is not one of the rows that are still there. */
export const PERSON_CLOCK_SQL = 'greatest(p.first_seen_at, p.last_active_at)';

/**
 * Rule and end of the term of every row of the shop `$1`.
 *
 * - A cart's clock is the latest of its own last change and that of its checkouts and orders: while an order is kept, its
 *   cart is not older than the order.
 * - A person goes when the last of their carts, checkouts and orders has gone and their own term has passed as well.
 */
export function expiringSql(terms: RetentionTerms): string {
  return `
  WITH checkout_clock AS (
    SELECT cart_id, max(changed_at) AS at FROM app.checkouts WHERE shop_id = $1::uuid AND cart_id IS NOT NULL GROUP BY 1),
  order_clock AS (
    SELECT cart_id, max(changed_at) AS at FROM app.orders WHERE shop_id = $1::uuid AND cart_id IS NOT NULL GROUP BY 1),
  cart_clock AS (
    SELECT c.person_id, ${CART_RULE_SQL} AS rule, greatest(c.last_changed_at, k.at, o.at) AS clock
    FROM app.carts c LEFT JOIN checkout_clock k ON k.cart_id = c.id LEFT JOIN order_clock o ON o.cart_id = c.id
    WHERE c.shop_id = $1::uuid),
  things AS (
    SELECT person_id, rule, ${cartEndSql(terms, 'rule', 'clock')} AS ends_at, clock FROM cart_clock
    UNION ALL
    SELECT person_id, 'checkouts', ${endSql('changed_at', terms, 'checkouts')}, changed_at
    FROM app.checkouts WHERE shop_id = $1::uuid
    UNION ALL
    SELECT person_id, 'orders', ${endSql('changed_at', terms, 'orders')}, changed_at
    FROM app.orders WHERE shop_id = $1::uuid),
  last_things AS (
    SELECT person_id, max(ends_at) AS ends_at, max(clock) AS clock FROM things WHERE person_id IS NOT NULL GROUP BY 1)
  SELECT rule, ends_at FROM things
  UNION ALL
  SELECT 'people', greatest(t.ends_at, ${endSql(`greatest(${PERSON_CLOCK_SQL}, t.clock)`, terms, 'people')})
  FROM app.people p LEFT JOIN last_things t ON t.person_id = p.id WHERE p.shop_id = $1::uuid`;
}
