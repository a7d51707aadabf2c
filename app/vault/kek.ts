import { createHmac, type KeyObject } from 'node:crypto';

import { VaultError } from './errors.ts';
import { keyForUse } from './hkdf.ts';
import { KEY_BYTES } from './key-object.ts';
import { unwrapKey, type WrapContext, wrapKey } from './wrap.ts';

/** What may be told of a key-encryption key: never its bytes. */
export interface KekDescription {
  readonly id: string;
  /** Where the key is: in the settings, in a file, or with which kind of key service. */
  readonly kind: string;
  /** Hosts, with their port where it is not the usual one, that have to be reached to use the key; none for one at hand. */
  readonly hosts: readonly string[];
}

/** One key-encryption key: bytes that are at hand, or a key that a key service uses and never gives out. */
export interface Kek extends KekDescription {
  /**
   * Wraps a 32-byte secret for one context.
   *
   * @throws VaultError `vault.bad-key` for a secret that is none, `vault.bad-input` for a context not in valid Unicode,
   *   `vault.kek-unreachable`
   */
  wrap(secret: Buffer, context: WrapContext): Promise<Buffer>;
  /** @throws VaultError `vault.unopenable` for another key, another context or changed bytes, `vault.kek-unreachable` */
  unwrap(wrapped: Buffer, context: WrapContext): Promise<Buffer>;
  /** A value to keep beside the key's name, so that another key under that name is noticed at boot. */
  newCheck(): Promise<Buffer>;
  /** Whether {@link newCheck} of this very key gave the value. */
  fitsCheck(check: Buffer): Promise<boolean>;
}

const WRAPPING_INFO = Buffer.from('cart-insights/kek-wrapping/v1');
const CHECKING_INFO = Buffer.from('cart-insights/kek-checking/v1');
const CHECKED = 'cart-insights/kek-check/v1';
const CHECK_BYTES = 16;

/**
 * A key-encryption key that is at hand. Whoever gave the bytes wipes them: nothing of them is kept but one key for each
 * use, in no property, so that printing it shows none.
 *
 * @throws VaultError `vault.bad-key` for bytes that are no key.
 */
export function localKek(id: string, bytes: Uint8Array, kind: string): Kek {
  const wrapping = keyForUse(bytes, WRAPPING_INFO);
  const check = checkValue(keyForUse(bytes, CHECKING_INFO));
  return {
    id,
    kind,
    hosts: [],
    wrap: async (secret, context) => wrapKey(wrapping, secret, context),
    unwrap: async (wrapped, context) => unwrapKey(wrapping, wrapped, context),
    newCheck: async () => Buffer.from(check),
    fitsCheck: async (value) => check.equals(value),
  };
}

/**
 * The bytes of a key written in base64.
 *
 * @throws VaultError `vault.bad-keyring` whose message says what is wrong, and nothing of what was given.
 */
export function parseKekBytes(encoded: string): Buffer {
  const key = Buffer.from(encoded, 'base64');
  // Node's decoder skips what is no base64; written back, it shows.
  if (key.length !== KEY_BYTES || key.toString('base64') !== encoded) {
    throw new VaultError('vault.bad-keyring', 'is not 32 bytes in base64');
  }
  if (key.every((byte) => byte === 0)) throw new VaultError('vault.bad-keyring', 'is a key of zeros');
  return key;
}

function checkValue(checking: KeyObject): Buffer {
  return createHmac('sha256', checking).update(CHECKED).digest().subarray(0, CHECK_BYTES);
}
