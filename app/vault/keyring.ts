import { createHmac } from 'node:crypto';

import { VaultError } from './errors.ts';
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

const KEK_BYTES = 32;
const ID = /^[a-z0-9-]{1,32}$/;

/**
 * Reads a keyring: `id:base64,id:base64`, each key 32 bytes, the first primary.
 *
 * @throws VaultError `vault.bad-keyring` whose message says which entry is wrong and how, never what it holds.
 */
export function parseKeyring(text: string): Keyring {
  const keys = new Map<string, Buffer>();
  text.split(',').forEach((entry, index) => {
    const nth = `entry ${String(index + 1)}`;
    const colon = entry.indexOf(':');
    const id = entry.slice(0, Math.max(colon, 0)).trim();
    const encoded = entry.slice(colon + 1).trim();
    if (colon < 0 || !ID.test(id)) throw badKeyring(`${nth} has no id of the form [a-z0-9-], up to 32 characters`);
    const key = Buffer.from(encoded, 'base64');
    if (key.length !== KEK_BYTES || key.toString('base64') !== encoded) {
      throw badKeyring(`${nth} is not 32 bytes in base64`);
    }
    if (keys.has(id)) throw badKeyring(`${nth} repeats an id`);
    keys.set(id, key);
  });
  const [primaryId] = keys.keys();
  if (primaryId === undefined) throw badKeyring('it is empty');
  return keyringOf(primaryId, keys);
}

function keyringOf(primaryId: string, keys: ReadonlyMap<string, Buffer>): Keyring {
  const keyOf = (id: string): Buffer => {
    const key = keys.get(id);
    if (key === undefined) throw badKeyring('a key is missing from the keyring');
    return key;
  };
  return {
    primaryId,
    has: (id) => keys.has(id),
    ids: () => [...keys.keys()],
    wrap: (secret, context) => ({ kekId: primaryId, wrapped: wrapKey(keyOf(primaryId), secret, context) }),
    unwrap: (kekId, wrapped, context) => unwrapKey(keyOf(kekId), wrapped, context),
    checkValue: (id) => createHmac('sha256', keyOf(id)).update('cart-insights/kek-check/v1').digest().subarray(0, 16),
  };
}

function badKeyring(problem: string): VaultError {
  return new VaultError('vault.bad-keyring', `The keyring cannot be used: ${problem}`);
}
