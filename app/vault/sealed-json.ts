import { open, seal } from './envelope.ts';
import type { Place } from './place.ts';
import type { VaultKey } from './vault-key.ts';
import { VaultError } from './errors.ts';
import { pad, unpad } from './padding.ts';

/** Documents are padded to multiples of this many bytes, so that their length says little. */
const DEFAULT_BUCKET_BYTES = 256;

/** Seals a JSON value, padded. @throws VaultError `vault.bad-input` for what JSON cannot hold. */
export function sealJson(
  key: VaultKey,
  value: unknown,
  place: Place,
  bucketBytes: number = DEFAULT_BUCKET_BYTES,
): Buffer {
  return seal(key, pad(Buffer.from(toJson(value)), bucketBytes), place);
}

/** Opens what {@link sealJson} sealed. @throws VaultError `vault.unopenable` */
export function openJson(key: VaultKey, sealed: Uint8Array, place: Place): unknown {
  const text = unpad(open(key, sealed, place)).toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The parser's message would quote the text.
    throw new VaultError('vault.unopenable');
  }
}

function toJson(value: unknown): string {
  try {
    const json = JSON.stringify(value) as string | undefined;
    if (json !== undefined) return json;
  } catch {
    // Its message would name properties; refused below like anything else that is no JSON.
  }
  throw new VaultError('vault.bad-input', 'value cannot be written as JSON');
}
