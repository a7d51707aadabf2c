import type { CartEffect } from '#app/carts/apply/effects.ts';
import { loadCarts, loadCheckouts, loadOrders } from '#app/carts/apply/load.ts';
import { cartRefOf } from '#app/carts/apply/purchases.ts';
import { type CartRow, type CheckoutRow, newCart, type OrderRow } from '#app/carts/apply/rows.ts';
import type { SubjectKey } from '#app/data/keys.ts';
import type { ApplyContext } from '#app/ingest/apply/context.ts';

/** The carts a batch is about, and the keys of those that were there before. */
export interface TouchedCarts {
  /** By token reference in hexadecimal. */
  readonly carts: Map<string, CartRow>;
  readonly keys: ReadonlyMap<string, SubjectKey>;
}

/**
 * Every cart the batch says something about, made when we meet it first. A cart whose key was destroyed stays as it is:
 * what comes late is not taken to it, and it is not made anew.
 */
export async function touchedCarts(
  context: ApplyContext,
  effects: readonly CartEffect[],
  checkouts: ReadonlyMap<string, CheckoutRow>,
  orders: ReadonlyMap<string, OrderRow>,
): Promise<TouchedCarts> {
  const seenAt = new Map<string, Date>();
  const see = (ref: string, at: Date) => {
    if (!seenAt.has(ref)) seenAt.set(ref, at);
  };
  for (const effect of effects) {
    // Whoever is named is made, even when a later event names another: the outcome must not depend on the order.
    if (typeof effect.cartToken === 'string')
      see(cartRefOf(context, effect.cartToken).toString('hex'), happenedAt(effect));
  }
  for (const row of checkouts.values()) {
    if (hasLostItsCart(row)) continue;
    withRef(row.document?.v['cartRef'], (ref) => {
      see(ref, row.startedAt);
    });
  }
  for (const row of orders.values()) {
    if (hasLostItsCart(row)) continue;
    withRef(row.document?.v['cartRef'], (ref) => {
      see(ref, row.orderedAt);
    });
  }

  const refs = [...seenAt.keys()].map((ref) => Buffer.from(ref, 'hex'));
  const linkedIds = [...checkouts.values(), ...orders.values()].flatMap((row) =>
    row.cartId === null ? [] : [row.cartId],
  );
  const carts = await loadCarts(context, refs, linkedIds);
  const { tx, shopId, keyStore } = context;
  const keys = await keyStore.subjectKeys(
    tx,
    shopId,
    'cart',
    [...carts.values()].map((cart) => cart.id),
  );
  for (const [ref, at] of seenAt) {
    if (!carts.has(ref)) carts.set(ref, newCart(Buffer.from(ref, 'hex'), at));
  }
  for (const [ref, cart] of carts) {
    if (!cart.isNew && !keys.has(cart.id)) carts.delete(ref);
  }
  return { carts, keys };
}

/** Its cart was erased, since whoever is named is made: the reference in its document must not bring that cart back. */
function hasLostItsCart(row: CheckoutRow | OrderRow): boolean {
  return !row.isNew && row.cartId === null;
}

function happenedAt(effect: CartEffect): Date {
  switch (effect.kind) {
    case 'cart-state':
      return effect.time.changedAt;
    case 'checkout':
      return effect.startedAt;
    case 'order':
      return effect.orderedAt;
    case 'checkout-deleted':
      return effect.at;
  }
}

/** The other checkouts and orders of the touched carts: the cart row is computed from all of them. */
export async function addSiblings(
  context: ApplyContext,
  carts: ReadonlyMap<string, CartRow>,
  checkouts: Map<string, CheckoutRow>,
  orders: Map<string, OrderRow>,
): Promise<void> {
  const withPurchases = [...carts.values()]
    .filter((cart) => !cart.isNew && (cart.checkoutAt !== null || cart.orderedAt !== null))
    .map((cart) => cart.id);
  if (withPurchases.length === 0) return;
  for (const [ref, row] of (await loadCheckouts(context, { cartIds: withPurchases })).rows) {
    if (!checkouts.has(ref)) checkouts.set(ref, row);
  }
  for (const [ref, row] of (await loadOrders(context, { cartIds: withPurchases })).rows) {
    if (!orders.has(ref)) orders.set(ref, row);
  }
}

/** Ties checkouts to carts by cart token, orders by cart token or else by the checkout they came from. */
export function linkPurchases(
  carts: ReadonlyMap<string, CartRow>,
  checkouts: ReadonlyMap<string, CheckoutRow>,
  orders: ReadonlyMap<string, OrderRow>,
): void {
  for (const checkout of checkouts.values()) {
    const ref = checkout.document?.v['cartRef'];
    const cart = typeof ref === 'string' ? carts.get(ref) : undefined;
    if (cart === undefined || checkout.cartId === cart.id) continue;
    checkout.cartId = cart.id;
    checkout.isChanged = true;
  }
  for (const order of orders.values()) {
    const ref = order.document?.v['cartRef'];
    const byCart = typeof ref === 'string' ? carts.get(ref)?.id : undefined;
    const byCheckout =
      order.checkoutRef === null ? undefined : checkouts.get(order.checkoutRef.toString('hex'))?.cartId;
    const cartId = byCart ?? byCheckout ?? order.cartId;
    const evidence = byCart !== undefined ? 'cart-token' : cartId !== null ? 'checkout-token' : null;
    if (order.cartId === cartId && order.cartEvidence === evidence) continue;
    order.cartId = cartId;
    order.cartEvidence = evidence;
    order.isChanged = true;
  }
}

function withRef(value: unknown, use: (ref: string) => void): void {
  if (typeof value === 'string') use(value);
}
