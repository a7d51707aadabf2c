import type { Place } from '#app/vault/place.ts';

/** A cart state's contents; sealed under the cart's key. */
export function statePlace(shopId: string, cartId: string, changedAt: Date, digest: Uint8Array): Place {
  const row = `${cartId}:${String(changedAt.getTime())}:${Buffer.from(digest).toString('hex')}`;
  return { shop: shopId, table: 'cart_states', column: 'sealed', row };
}

/** A checkout's document; sealed under the checkout's key. */
export function checkoutPlace(shopId: string, id: string): Place {
  return { shop: shopId, table: 'checkouts', column: 'sealed', row: id };
}

/** An order's document; sealed under the order's key. */
export function orderPlace(shopId: string, id: string): Place {
  return { shop: shopId, table: 'orders', column: 'sealed', row: id };
}
