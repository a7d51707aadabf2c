import { customerIdOfGid } from '#app/shopify/person-claim.ts';
import { normaliseEmail } from '#app/vault/blind-index.ts';
import { lookupToken } from '#app/vault/lookup.ts';

/**
 * What a tombstone can stand for. `email` is the guest of an address; `address` is whoever has it in their profile, for a
 * request that named nobody but by it.
 */
export type MarkKind = 'customer' | 'email' | 'address' | 'order' | 'cart' | 'checkout';

/** Something by which a person, or what was theirs, could be known again. */
export interface Mark {
  readonly kind: MarkKind;
  /** The keyed digest in hexadecimal: the tombstone itself. */
  readonly tag: string;
  /** The look-up reference it was made of, in hexadecimal: how the row is found. An e-mail has none. */
  readonly ref: string | null;
}

/** The two of a shop's keys that marks are made with. */
export interface MarkKeys {
  readonly lookupKey: Buffer;
  readonly pseudonymKey: Buffer;
}

/**
 * The mark of something whose look-up reference is at hand, as the tables have it. Of carts and checkouts nothing else is
 * kept, and restored rows have nothing else.
 *
 * The pseudonym key is never changed, only destroyed with the shop: a tombstone holds as long as the installation.
 */
export function markOfRef(keys: MarkKeys, kind: Exclude<MarkKind, 'email' | 'address'>, ref: Uint8Array): Mark {
  const hex = Buffer.from(ref).toString('hex');
  return { ...mark(keys, kind, hex), ref: hex };
}

/** The mark of an e-mail. Made of the address itself, since the key of its index may change. */
export function markOfEmail(keys: MarkKeys, email: string): Mark {
  return mark(keys, 'email', normaliseEmail(email));
}

/** The mark of everybody who has this address, guest or customer. */
export function markOfAddress(keys: MarkKeys, email: string): Mark {
  return mark(keys, 'address', normaliseEmail(email));
}

export function markOfCustomer(keys: MarkKeys, customerId: string): Mark {
  const digits = customerIdOfGid(customerId) ?? customerId;
  return markOfRef(keys, 'customer', lookupToken(keys.lookupKey, 'customer-id', digits));
}

export function markOfOrder(keys: MarkKeys, orderId: string): Mark {
  return markOfRef(keys, 'order', lookupToken(keys.lookupKey, 'order-id', orderId));
}

export function markOfCart(keys: MarkKeys, token: string): Mark {
  return markOfRef(keys, 'cart', lookupToken(keys.lookupKey, 'cart-token', token));
}

export function markOfCheckout(keys: MarkKeys, token: string): Mark {
  return markOfRef(keys, 'checkout', lookupToken(keys.lookupKey, 'checkout-token', token));
}

function mark({ pseudonymKey }: MarkKeys, kind: MarkKind, value: string): Mark {
  return { kind, tag: lookupToken(pseudonymKey, 'tombstone', `${kind}:${value}`).toString('hex'), ref: null };
}
