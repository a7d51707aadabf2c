import { VaultError } from './errors.ts';
import { hmacSha256 } from './hmac.ts';

/** What a look-up token stands for. The label is part of the digest: equal values of two kinds have nothing in common. */
export type LookupLabel =
  | 'cart-token'
  | 'checkout-token'
  | 'customer-id'
  | 'order-id'
  | 'country'
  | 'province'
  | 'product'
  | 'variant'
  | 'body'
  | 'support-code'
  | 'tombstone';

const TOKEN_BYTES = 16;
const VERSION = 'n1';

/**
 * The keyed digest by which a value is found or filtered without being stored: HMAC-SHA-256, 16 bytes.
 *
 * @throws VaultError `vault.bad-key`
 */
export function lookupToken(key: Buffer, label: LookupLabel, value: string | Uint8Array): Buffer {
  // As bytes, so that a value of lone surrogates has a token as well.
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return hmacSha256(key, [label, VERSION, bytes]).subarray(0, TOKEN_BYTES);
}

/** Crockford's base 32: no I, L, O or U, so that it can be read out on the phone. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * A short name for somebody whose name is hidden, such as `7F3K`: the same for colleagues of one shop, unrelated in
 * another. Two people of a large shop can share one; it is for talking, not for looking up.
 *
 * @throws VaultError `vault.bad-input` for a length outside 1 to 16, `vault.bad-key`
 */
export function supportCode(key: Buffer, ref: Uint8Array, length = 4): string {
  if (!Number.isInteger(length) || length < 1 || length > TOKEN_BYTES) {
    throw new VaultError('vault.bad-input', 'length of a support code is out of range');
  }
  const digest = lookupToken(key, 'support-code', ref);
  // 32 divides 256, so every character is as likely as any other.
  return Array.from(digest.subarray(0, length), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}
