import type { CartRow, CheckoutRow, OrderRow, PurchaseRow, StateRow } from '#app/carts/apply/rows.ts';
import type { ContentSummary } from '#app/carts/line.ts';

/** Everything a cart row is computed from. */
export interface CartSources {
  /** States of the newest change time known, old and new; at most a few. */
  readonly newestStates: readonly StateRow[];
  /** All states the batch adds. */
  readonly newStates: readonly (StateRow & { readonly createdAt: Date })[];
  readonly checkouts: readonly CheckoutRow[];
  readonly orders: readonly OrderRow[];
  /** When the batch says that a checkout of this cart was deleted. */
  readonly deletions: readonly Date[];
  /** When the batch's checkouts and orders that name this cart happened, also those that have moved on to another. */
  readonly mentions: readonly Date[];
}

/**
 * Brings a cart row up to date with its states, checkouts and orders.
 *
 * Everything is a maximum, a minimum or a choice by a fixed order, so the row is the same however the events came:
 * doubled, late, or backwards.
 */
export function deriveCart(cart: CartRow, sources: CartSources): void {
  const { newStates, checkouts, orders } = sources;
  const state = newest(sources.newestStates, compareStates);
  const checkout = newest(checkouts, comparePurchases);
  const order = newest(orders, comparePurchases);
  const deletions = [cart.checkoutDeletedAt, ...sources.deletions].filter((time) => time !== null);

  cart.startedAt = minTime([
    cart.startedAt,
    ...newStates.map((added) => minTime([added.createdAt, added.changedAt])),
    ...checkouts.map((row) => row.startedAt),
    ...orders.map((row) => row.orderedAt),
    ...deletions,
    ...sources.mentions,
  ]);
  cart.lastChangedAt = maxTime([
    cart.lastChangedAt,
    ...newStates.map((added) => added.changedAt),
    ...checkouts.map((row) => row.changedAt),
    ...orders.map((row) => row.orderedAt),
    ...deletions,
    ...sources.mentions,
  ]);
  // The latest start: a shopper who comes back for another checkout is in checkout again.
  cart.checkoutAt = checkouts.length === 0 ? null : maxTime(checkouts.map((row) => row.startedAt));
  cart.orderedAt = orders.length === 0 ? null : minTime(orders.map((row) => row.orderedAt));
  if (deletions.length > 0) cart.checkoutDeletedAt = maxTime(deletions);

  if (state !== undefined) setContent(cart, 'cart', state, state.changedAt);
  else if (order !== undefined && order.lineCount > 0) setContent(cart, 'order', order, order.changedAt);
  else if (checkout !== undefined) setContent(cart, 'checkout', checkout, checkout.changedAt);
  else setContent(cart, null, NOTHING, null);

  const placed = [order, checkout].find((row) => row !== undefined && row.countryToken !== null);
  cart.countryToken = placed?.countryToken ?? null;
  cart.provinceToken = placed?.provinceToken ?? null;

  const named = newest(
    [...orders, ...checkouts].filter((row) => row.personId !== null),
    compareClaims,
  );
  cart.personId = named?.personId ?? null;
  cart.personEvidence = named?.personEvidence ?? null;
}

const NOTHING: ContentSummary = { itemCount: 0, lineCount: 0, valueMinor: null, currency: null };

function setContent(
  cart: CartRow,
  origin: CartRow['contentOrigin'],
  content: ContentSummary,
  changedAt: Date | null,
): void {
  cart.contentOrigin = origin;
  cart.contentChangedAt = changedAt;
  cart.itemCount = content.itemCount;
  cart.lineCount = content.lineCount;
  cart.valueMinor = content.valueMinor;
  cart.currency = content.currency;
}

/** The order of states: change time; of two states of one instant trigger time, then digest. */
function compareStates(a: StateRow, b: StateRow): number {
  return (
    a.changedAt.getTime() - b.changedAt.getTime() ||
    a.triggeredAt.getTime() - b.triggeredAt.getTime() ||
    Buffer.compare(a.digest, b.digest)
  );
}

function comparePurchases(a: PurchaseRow, b: PurchaseRow): number {
  return a.changedAt.getTime() - b.changedAt.getTime() || compareText(tieBreak(a), tieBreak(b));
}

/** A customer id says more than an e-mail that was typed; among equals the newest word counts. */
function compareClaims(a: PurchaseRow, b: PurchaseRow): number {
  return (
    Number(a.personEvidence === 'customer-id') - Number(b.personEvidence === 'customer-id') || comparePurchases(a, b)
  );
}

/** Ids are ours and differ from run to run; the stamp inside the document does not. */
function tieBreak(row: PurchaseRow): string {
  return row.document?.s ?? '';
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function newest<T>(rows: readonly T[], compare: (a: T, b: T) => number): T | undefined {
  return rows.reduce<T | undefined>(
    (best, row) => (best === undefined || compare(row, best) > 0 ? row : best),
    undefined,
  );
}

function minTime(times: readonly Date[]): Date {
  return new Date(Math.min(...times.map((time) => time.getTime())));
}

function maxTime(times: readonly Date[]): Date {
  return new Date(Math.max(...times.map((time) => time.getTime())));
}
