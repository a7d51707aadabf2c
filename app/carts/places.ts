/** Where a sealed value lies: what its seal is bound to. The names are frozen; they are not the database's. */
export interface SealedPlace {
  readonly shop: string;
  readonly table: string;
  readonly column: string;
  readonly row: string;
}

/** A cart state's contents; sealed under the cart's key. */
export function statePlace(shopId: string, cartId: string, changedAt: Date, digest: Uint8Array): SealedPlace {
  const row = `${cartId}:${String(changedAt.getTime())}:${Buffer.from(digest).toString('hex')}`;
  return { shop: shopId, table: 'cart_states', column: 'sealed', row };
}

/** A checkout's document; sealed under the checkout's key. */
export function checkoutPlace(shopId: string, id: string): SealedPlace {
  return { shop: shopId, table: 'checkouts', column: 'sealed', row: id };
}

/** An order's document; sealed under the order's key. */
export function orderPlace(shopId: string, id: string): SealedPlace {
  return { shop: shopId, table: 'orders', column: 'sealed', row: id };
}
