import type { Prisma } from '#app/data/prisma/client.ts';

/** What is read of a cart for the list: plain columns and the person's code. Nothing sealed, so nothing to account for. */
export const CART_ROW_SELECT = {
  id: true,
  startedAt: true,
  lastChangedAt: true,
  itemCount: true,
  valueMinor: true,
  currency: true,
  checkoutAt: true,
  checkoutDeletedAt: true,
  orderedAt: true,
  person: { select: { supportCode: true } },
  orders: { where: { cancelledAt: { not: null } }, select: { id: true }, take: 1 },
} as const satisfies Prisma.CartSelect;

export type CartRecord = Prisma.CartGetPayload<{ select: typeof CART_ROW_SELECT }>;

/** A cart in the list, ready to travel as JSON. Times are milliseconds since 1970. */
export interface CartRow {
  readonly id: string;
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
    personCode: record.person?.supportCode ?? null,
    itemCount: record.itemCount,
    valueMinor: record.valueMinor === null ? null : Number(record.valueMinor),
    currency: record.currency,
    startedAtMs: record.startedAt.getTime(),
    lastChangedAtMs: record.lastChangedAt.getTime(),
    checkoutAtMs: record.checkoutAt?.getTime() ?? null,
    checkoutDeletedAtMs: record.checkoutDeletedAt?.getTime() ?? null,
    orderedAtMs: record.orderedAt?.getTime() ?? null,
    isCancelled: record.orders.length > 0,
  };
}

/** Whether anything that a row shows differs. */
export function isSameRow(a: CartRow, b: CartRow): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
