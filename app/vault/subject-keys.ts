import type { KeyObject } from 'node:crypto';

import type { VaultKey } from './vault-key.ts';
import { VaultError } from './errors.ts';
import { keyForUse } from './hkdf.ts';
import { KEY_BYTES, requireKey } from './key-object.ts';
import { random } from './random.ts';
import { unwrapKey, type WrapContext, wrapKey } from './wrap.ts';

/** Keeps what wraps apart from what seals under the same shop key. */
const INFO = Buffer.from('cart-insights/subject-key/v1');

/** A new random key of 32 bytes. */
export function newSecret(): Buffer {
  return random(KEY_BYTES);
}

/**
 * Wraps the key of one cart, person, order … under the shop's key. 61 bytes.
 *
 * @throws VaultError `vault.bad-key` for either key, `vault.bad-input` for a context that is not valid Unicode.
 */
export function wrapSubjectKey(shopKey: VaultKey, secret: Buffer, context: WrapContext): Buffer {
  return wrapKey(wrappingKeyOf(shopKey), secret, context);
}

/** Undoes {@link wrapSubjectKey}. @throws VaultError `vault.unopenable`, whatever the reason. */
export function unwrapSubjectKey(shopKey: VaultKey, wrapped: Buffer, context: WrapContext): Buffer {
  try {
    return unwrapKey(wrappingKeyOf(shopKey), wrapped, context);
  } catch {
    throw new VaultError('vault.unopenable');
  }
}

/** Derived once for each shop key, and forgotten with it. */
const wrappingKeys = new WeakMap<VaultKey, KeyObject>();

function wrappingKeyOf(shopKey: VaultKey): KeyObject {
  // Asked every time: it must not outlive a secret that was wiped.
  requireKey(shopKey.secret);
  let key = wrappingKeys.get(shopKey);
  if (key === undefined) {
    key = keyForUse(shopKey.secret, INFO);
    wrappingKeys.set(shopKey, key);
  }
  return key;
}
