/**
 * One key wrapped under another.
 *
 * | offset | bytes | meaning |
 * |---|---|---|
 * | 0 | 1 | format: 0x01 |
 * | 1 | 12 | nonce, random |
 * | 13 | 32 | the key, encrypted with AES-256-GCM |
 * | 45 | 16 | tag |
 *
 *     associated data = LP("cart-insights/wrap/v1") ‖ LP(owner) ‖ LP(purpose) ‖ LP(version)
 *
 * Which key wrapped it is not in these bytes. It stands in a column beside them, so that the rows of an old key can be
 * counted without opening one.
 */
import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

import { VaultError } from './errors.ts';
import { KEY_BYTES, keyObject } from './key-object.ts';
import { lengthPrefixed } from './length-prefix.ts';
import { random } from './random.ts';

/** What a wrapped key is for; it unwraps for nothing else. Ids only: a key service logs it in clear. */
export interface WrapContext {
  /** The shop's id, or a fixed word for what belongs to no shop. */
  readonly owner: string;
  readonly purpose: string;
  /** A number stands for its decimal digits. */
  readonly version: number | string;
}

const FORMAT = 1;
const NONCE_AT = 1;
const NONCE_BYTES = 12;
const KEY_AT = NONCE_AT + NONCE_BYTES;
const TAG_AT = KEY_AT + KEY_BYTES;
const TAG_BYTES = 16;
const WRAPPED_KEY_BYTES = TAG_AT + TAG_BYTES;

const ALGORITHM = 'aes-256-gcm';
const GCM_OPTIONS = { authTagLength: TAG_BYTES } as const;

/**
 * Wraps a 32-byte key under another. AES-256-GCM with a random nonce: a wrapping key wraps far fewer than the 2^32
 * keys for which NIST SP 800-38D allows that.
 *
 * @throws VaultError `vault.bad-key` for a secret that is none, `vault.bad-input` for a context not in valid Unicode.
 */
export function wrapKey(wrappingKey: KeyObject, secret: Buffer, context: WrapContext): Buffer {
  keyObject(secret);
  const out = Buffer.allocUnsafe(WRAPPED_KEY_BYTES);
  const nonce = random(NONCE_BYTES);
  out[0] = FORMAT;
  out.set(nonce, NONCE_AT);
  const cipher = createCipheriv(ALGORITHM, wrappingKey, nonce, GCM_OPTIONS);
  cipher.setAAD(associatedData(context));
  out.set(cipher.update(secret), KEY_AT);
  cipher.final();
  out.set(cipher.getAuthTag(), TAG_AT);
  return out;
}

/** Undoes {@link wrapKey}. @throws VaultError `vault.unopenable` for another key, another context or changed bytes. */
export function unwrapKey(wrappingKey: KeyObject, wrapped: Uint8Array, context: WrapContext): Buffer {
  if (wrapped.length !== WRAPPED_KEY_BYTES || wrapped[0] !== FORMAT) throw new VaultError('vault.unopenable');
  try {
    const decipher = createDecipheriv(ALGORITHM, wrappingKey, wrapped.subarray(NONCE_AT, KEY_AT), GCM_OPTIONS);
    decipher.setAAD(associatedData(context));
    decipher.setAuthTag(wrapped.subarray(TAG_AT));
    const secret = decipher.update(wrapped.subarray(KEY_AT, TAG_AT));
    decipher.final();
    return secret;
  } catch {
    throw new VaultError('vault.unopenable');
  }
}

function associatedData({ owner, purpose, version }: WrapContext): Buffer {
  return lengthPrefixed(['cart-insights/wrap/v1', owner, purpose, String(version)]);
}
