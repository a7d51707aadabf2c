import { open, readHeader, seal } from './envelope.ts';
import type { Place } from './place.ts';
import type { VaultKey } from './vault-key.ts';

/**
 * What a value becomes when it is sealed again under the newest version of its key. What it holds stays inside and is
 * wiped, so that rotating keys shows nobody anything.
 *
 * @returns null when the newest version sealed it already.
 * @throws VaultError `vault.unopenable`
 */
export function reseal(key: VaultKey, sealed: Uint8Array, place: Place): Buffer | null {
  if (readHeader(sealed).version === key.version) return null;
  const plaintext = open(key, sealed, place);
  try {
    return seal(key, plaintext, place);
  } finally {
    plaintext.fill(0);
  }
}
