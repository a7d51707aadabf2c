import { randomBytes } from 'node:crypto';

import type { VaultKey } from './envelope.ts';
import { VaultError } from './errors.ts';
import { keyForUse } from './hkdf.ts';
import { KEY_BYTES } from './key-object.ts';
import { unwrapKey, type WrapContext, wrapKey } from './wrap.ts';

/** Keeps what wraps apart from what seals under the same shop key. */
const INFO = Buffer.from('cart-insights/subject-key/v1');

/** A new random key of 32 bytes. */
export function newSecret(): Buffer {
  return randomBytes(KEY_BYTES);
}

/**
 * Wraps the key of one cart, person, order … under the shop's key. 61 bytes.
 *
 * @throws VaultError `vault.bad-key` for either key, `vault.bad-input` for a context that is not valid Unicode.
 */
export function wrapSubjectKey(shopKey: VaultKey, secret: Buffer, context: WrapContext): Buffer {
  return wrapKey(keyForUse(shopKey.secret, INFO), secret, context);
}

/** Undoes {@link wrapSubjectKey}. @throws VaultError `vault.unopenable`, whatever the reason. */
export function unwrapSubjectKey(shopKey: VaultKey, wrapped: Buffer, context: WrapContext): Buffer {
  try {
    return unwrapKey(keyForUse(shopKey.secret, INFO), wrapped, context);
  } catch {
    throw new VaultError('vault.unopenable');
  }
}
