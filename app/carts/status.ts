/** What has become of a cart. Computed from its times whenever it is read, never stored. */
export const CART_STATUSES = ['active', 'checkout', 'abandoned', 'converted', 'empty'] as const;
export type CartStatus = (typeof CART_STATUSES)[number];

/** What a status is computed from. Times are milliseconds since 1970. */
export interface CartFacts {
  readonly itemCount: number;
  readonly lastChangedAtMs: number;
  readonly checkoutAtMs: number | null;
  readonly checkoutDeletedAtMs: number | null;
  readonly orderedAtMs: number | null;
}

const MINUTE_MS = 60_000;

/**
 * The status of a cart at one moment.
 *
 * Ordered wins over everything and stays when the order is cancelled later: the shopper did buy. A cart without items
 * is empty, not abandoned. The rest is active until nothing changed for `idleAfterMinutes`, and "in checkout" while it
 * is active and a checkout stands. A change time ahead of `nowMs` (another machine's clock) counts as just now.
 */
export function cartStatus(cart: CartFacts, idleAfterMinutes: number, nowMs: number): CartStatus {
  if (cart.orderedAtMs !== null) return 'converted';
  if (cart.itemCount === 0) return 'empty';
  if (cart.lastChangedAtMs <= idleSinceMs(idleAfterMinutes, nowMs)) return 'abandoned';
  return isInCheckout(cart) ? 'checkout' : 'active';
}

/** Carts whose last change is at or before this moment are abandoned. */
export function idleSinceMs(idleAfterMinutes: number, nowMs: number): number {
  return nowMs - idleAfterMinutes * MINUTE_MS;
}

function isInCheckout({ checkoutAtMs, checkoutDeletedAtMs }: CartFacts): boolean {
  return checkoutAtMs !== null && (checkoutDeletedAtMs === null || checkoutDeletedAtMs < checkoutAtMs);
}
