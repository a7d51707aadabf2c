import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

import { KEY_BYTES, keyObject } from './key-object.ts';

const NO_SALT = Buffer.alloc(0);

/**
 * HKDF with SHA-512 (RFC 5869). Whoever asked wipes the bytes once they are used.
 *
 * @throws VaultError `vault.bad-key`
 */
export function hkdfSha512(secret: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Buffer {
  return Buffer.from(hkdfSync('sha512', keyObject(secret), salt, info, length));
}

/**
 * The key for one use of a secret, named by `info`. A secret with several uses has such a key for each, so that none
 * of them can weaken another.
 *
 * @throws VaultError `vault.bad-key`
 */
export function keyForUse(secret: Uint8Array, info: Uint8Array): KeyObject {
  const derived = hkdfSha512(secret, NO_SALT, info, KEY_BYTES);
  const key = createSecretKey(derived);
  derived.fill(0);
  return key;
}
