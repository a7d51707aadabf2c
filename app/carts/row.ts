/**
 * What is read of a cart for the list: plain columns and the person's code. Nothing sealed, so nothing to account for.
 * Conditions follow it; `c` is the cart, `p` its person.
 */
export const SELECT_CART_ROWS = `
  SELECT c.id, c.started_at AS "startedAt", c.last_changed_at AS "lastChangedAt", c.item_count AS "itemCount",
    c.value_minor AS "valueMinor", c.currency, c.checkout_at AS "checkoutAt", c.checkout_deleted_at AS "checkoutDeletedAt",
    c.ordered_at AS "orderedAt", c.person_id AS "personId", p.support_code AS "personCode",
    c.ordered_at IS NOT NULL AND EXISTS (
      SELECT FROM app.orders o WHERE o.shop_id = c.shop_id AND o.cart_id = c.id AND o.cancelled_at IS NOT NULL) AS "isCancelled"
  FROM app.carts c LEFT JOIN app.people p ON p.shop_id = c.shop_id AND p.id = c.person_id`;

/** A cart as {@link SELECT_CART_ROWS} gives it. */
export interface CartRecord {
  readonly id: string;
  readonly startedAt: Date;
  readonly lastChangedAt: Date;
  readonly itemCount: number;
  /** Text when the driver has it so: it may pass 2^53. */
  readonly valueMinor: bigint | string | null;
  readonly currency: string | null;
  readonly checkoutAt: Date | null;
  readonly checkoutDeletedAt: Date | null;
  readonly orderedAt: Date | null;
  readonly personId: string | null;
  readonly personCode: string | null;
  readonly isCancelled: boolean;
}

/** A cart in the list, ready to travel as JSON. Times are milliseconds since 1970. */
export interface CartRow {
  readonly id: string;
  /** Random, as all our ids; leads to the person's page. */
  readonly personId: string | null;
  /** "7F3K" of "Customer 7F3K"; null when nobody is known: neither customer nor e-mail. */
  readonly personCode: string | null;
  readonly itemCount: number;
  readonly valueMinor: number | null;
  readonly currency: string | null;
  readonly startedAtMs: number;
  readonly lastChangedAtMs: number;
  readonly checkoutAtMs: number | null;
  readonly checkoutDeletedAtMs: number | null;
  readonly orderedAtMs: number | null;
  readonly isCancelled: boolean;
}

/** The row of a record. Amounts that a number cannot hold exactly are not stored (line.ts). */
export function cartRow(record: CartRecord): CartRow {
  return {
    id: record.id,
    personId: record.personId,
    personCode: record.personCode,
    itemCount: record.itemCount,
    valueMinor: record.valueMinor === null ? null : Number(record.valueMinor),
    currency: record.currency,
    startedAtMs: record.startedAt.getTime(),
    lastChangedAtMs: record.lastChangedAt.getTime(),
    checkoutAtMs: record.checkoutAt?.getTime() ?? null,
    checkoutDeletedAtMs: record.checkoutDeletedAt?.getTime() ?? null,
    orderedAtMs: record.orderedAt?.getTime() ?? null,
    isCancelled: record.isCancelled,
  };
}

/** Whether anything that a row shows differs. */
export function isSameRow(a: CartRow, b: CartRow): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The people behind these carts, each once. */
export function peopleOf(rows: readonly CartRow[]): string[] {
  return [...new Set(rows.flatMap(({ personId }) => (personId === null ? [] : [personId])))];
}
