import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import { VaultError } from './errors.ts';
import { lengthPrefixed } from './length-prefix.ts';

/** What a wrapped key is for; it unwraps for nothing else. Ids only: a key service logs it in clear. */
export interface WrapContext {
  /** The shop's id, or a fixed word for what belongs to no shop. */
  readonly owner: string;
  readonly purpose: string;
  readonly version: number | string;
}

const FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SECRET_BYTES = 32;

/** Bytes of a wrapped key: format, nonce, key, tag. */
export const WRAPPED_KEY_BYTES = 1 + NONCE_BYTES + SECRET_BYTES + TAG_BYTES;

/**
 * Wraps a 32-byte key under another. AES-256-GCM with a random nonce: a wrapping key wraps far fewer than the 2^32
 * keys for which NIST SP 800-38D allows that.
 */
export function wrapKey(wrappingKey: Uint8Array, secret: Buffer, context: WrapContext): Buffer {
  if (secret.length !== SECRET_BYTES) throw new VaultError('vault.bad-key');
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', wrappingKey, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associatedData(context));
  const wrapped = cipher.update(secret);
  cipher.final();
  return Buffer.concat([Buffer.of(FORMAT), nonce, wrapped, cipher.getAuthTag()]);
}

/** Undoes {@link wrapKey}. @throws VaultError `vault.unopenable` for another key, another context or changed bytes. */
export function unwrapKey(wrappingKey: Uint8Array, wrapped: Uint8Array, context: WrapContext): Buffer {
  if (wrapped.length !== WRAPPED_KEY_BYTES || wrapped[0] !== FORMAT) throw new VaultError('vault.unopenable');
  const nonce = wrapped.subarray(1, 1 + NONCE_BYTES);
  const tagAt = WRAPPED_KEY_BYTES - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', wrappingKey, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(associatedData(context));
  decipher.setAuthTag(wrapped.subarray(tagAt));
  try {
    const secret = decipher.update(wrapped.subarray(1 + NONCE_BYTES, tagAt));
    decipher.final();
    return secret;
  } catch {
    throw new VaultError('vault.unopenable');
  }
}

function associatedData({ owner, purpose, version }: WrapContext): Buffer {
  return lengthPrefixed(['cart-insights/wrap/v1', owner, purpose, String(version)]);
}
