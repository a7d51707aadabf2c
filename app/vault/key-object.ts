import { createSecretKey, type KeyObject } from 'node:crypto';

const keyObjects = new WeakMap<Uint8Array, KeyObject>();

/**
 * The key as OpenSSL likes it. Handing it over as bytes makes Node copy and check it at every call, which costs more
 * than the digest itself. Remembered for as long as the bytes are.
 */
export function keyObject(secret: Uint8Array): KeyObject {
  let key = keyObjects.get(secret);
  if (key === undefined) {
    key = createSecretKey(secret);
    keyObjects.set(secret, key);
  }
  return key;
}
