import { randomBytes } from 'node:crypto';

import { KEY_BYTES, type VaultKey } from './envelope.ts';
import { unwrapKey, type WrapContext, wrapKey } from './wrap.ts';

/** A new random key of 32 bytes. */
export function newSecret(): Buffer {
  return randomBytes(KEY_BYTES);
}

/** Wraps the key of one cart, person, order … under the shop's key. 61 bytes. */
export function wrapSubjectKey(shopKey: VaultKey, secret: Buffer, context: WrapContext): Buffer {
  return wrapKey(shopKey.secret, secret, context);
}

/** Undoes {@link wrapSubjectKey}. @throws VaultError `vault.unopenable` */
export function unwrapSubjectKey(shopKey: VaultKey, wrapped: Buffer, context: WrapContext): Buffer {
  return unwrapKey(shopKey.secret, wrapped, context);
}
