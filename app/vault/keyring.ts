import { createHmac, type KeyObject } from 'node:crypto';

import { VaultError } from './errors.ts';
import { keyForUse } from './hkdf.ts';
import { KEY_BYTES } from './key-object.ts';
import { unwrapKey, type WrapContext, wrapKey } from './wrap.ts';

export type { WrapContext } from './wrap.ts';

/** The key-encryption keys. One is primary and wraps; the others still unwrap what they wrapped. */
export interface Keyring {
  readonly primaryId: string;
  has(id: string): boolean;
  ids(): string[];
  /** Wraps a 32-byte secret under the primary key. */
  wrap(secret: Buffer, context: WrapContext): { kekId: string; wrapped: Buffer };
  /** @throws VaultError `vault.bad-keyring` when there is no such key, `vault.unopenable` when it does not fit. */
  unwrap(kekId: string, wrapped: Buffer, context: WrapContext): Buffer;
  /** A value only this key gives, to notice at boot that a key under a known name is another one. 16 bytes. */
  checkValue(id: string): Buffer;
}

/** One key-encryption key, as a key for each of its two uses. */
interface Kek {
  readonly wrapping: KeyObject;
  readonly checking: KeyObject;
}

const ID = /^[a-z0-9-]{1,32}$/;
const WRAPPING_INFO = Buffer.from('cart-insights/kek-wrapping/v1');
const CHECKING_INFO = Buffer.from('cart-insights/kek-checking/v1');
const CHECKED = 'cart-insights/kek-check/v1';
const CHECK_BYTES = 16;

/**
 * Reads a keyring: `id:base64,id:base64`, each key 32 bytes, the first primary.
 *
 * @throws VaultError `vault.bad-keyring` whose message says which entry is wrong and how, never what it holds: what
 *   stands in the place of an id may be a key.
 */
export function parseKeyring(text: string): Keyring {
  const keks = new Map<string, Kek>();
  const encodings = new Set<string>();
  for (const [index, entry] of text.split(',').entries()) {
    const nth = `entry ${index + 1}`;
    const [id = '', encoded = ''] = entry.trim().split(/:(.*)/s);
    if (!ID.test(id) || !entry.includes(':')) {
      throw badKeyring(`${nth} does not begin with an id of 1 to 32 characters of [a-z0-9-] and a colon`);
    }
    if (keks.has(id)) throw badKeyring(`${nth} repeats an id`);
    if (encodings.has(encoded)) throw badKeyring(`${nth} repeats a key`);
    encodings.add(encoded);
    keks.set(id, parseKek(nth, encoded));
  }
  const primaryId = text.slice(0, text.indexOf(':')).trim();
  return keyringOf(primaryId, keks);
}

function parseKek(nth: string, encoded: string): Kek {
  const key = Buffer.from(encoded, 'base64');
  try {
    // Node's decoder skips what is no base64; written back, it shows.
    if (key.length !== KEY_BYTES || key.toString('base64') !== encoded) {
      throw badKeyring(`${nth} is not 32 bytes in base64`);
    }
    if (key.every((byte) => byte === 0)) throw badKeyring(`${nth} is a key of zeros`);
    return { wrapping: keyForUse(key, WRAPPING_INFO), checking: keyForUse(key, CHECKING_INFO) };
  } finally {
    key.fill(0);
  }
}

/** The keys are in no property, so that printing a keyring shows none. */
function keyringOf(primaryId: string, keks: ReadonlyMap<string, Kek>): Keyring {
  const kekOf = (id: string): Kek => {
    const kek = keks.get(id);
    if (kek === undefined) throw badKeyring('a key is missing from the keyring');
    return kek;
  };
  return {
    primaryId,
    has: (id) => keks.has(id),
    ids: () => [...keks.keys()],
    wrap: (secret, context) => ({ kekId: primaryId, wrapped: wrapKey(kekOf(primaryId).wrapping, secret, context) }),
    unwrap: (kekId, wrapped, context) => unwrapKey(kekOf(kekId).wrapping, wrapped, context),
    checkValue: (id) => createHmac('sha256', kekOf(id).checking).update(CHECKED).digest().subarray(0, CHECK_BYTES),
  };
}

function badKeyring(problem: string): VaultError {
  return new VaultError('vault.bad-keyring', `The keyring cannot be used: ${problem}`);
}
