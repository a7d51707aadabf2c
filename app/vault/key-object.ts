import { createSecretKey, type KeyObject } from 'node:crypto';

import { VaultError } from './errors.ts';

/** The length of every key of the vault. */
export const KEY_BYTES = 32;

const WIPED = Buffer.alloc(KEY_BYTES);

/**
 * A key as OpenSSL likes it: ciphers, HMAC and HKDF take a KeyObject several times faster than the same bytes. It is
 * made anew each time, which is cheap, so that nothing remembers a key its owner has wiped.
 *
 * @throws VaultError `vault.bad-key` for another length, or for zeros: a wiped key must not seal.
 */
export function keyObject(secret: Uint8Array): KeyObject {
  requireKey(secret);
  return createSecretKey(secret);
}

/** @throws VaultError `vault.bad-key` for what {@link keyObject} refuses. */
export function requireKey(secret: Uint8Array): void {
  if (secret.length !== KEY_BYTES || WIPED.equals(secret)) throw new VaultError('vault.bad-key');
}
