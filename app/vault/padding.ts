import { VaultError } from './errors.ts';

const MARKER = 0x80;

/**
 * Bytes padded to a multiple of `bucketBytes` (ISO/IEC 7816-4: one 0x80, then zeros), so that the length of a sealed
 * value tells the bucket and not the value. At least one byte is added.
 */
export function pad(bytes: Uint8Array, bucketBytes: number): Buffer {
  if (!Number.isInteger(bucketBytes) || bucketBytes < 1) throw new VaultError('vault.bad-input', 'bucket is no size');
  const out = Buffer.alloc(Math.ceil((bytes.length + 1) / bucketBytes) * bucketBytes);
  out.set(bytes);
  out[bytes.length] = MARKER;
  return out;
}

/** Undoes {@link pad}. @throws VaultError `vault.unopenable` for bytes that were not padded so. */
export function unpad(bytes: Uint8Array): Buffer {
  let end = bytes.length - 1;
  while (bytes[end] === 0) end -= 1;
  if (bytes[end] !== MARKER) throw new VaultError('vault.unopenable');
  return Buffer.from(bytes.subarray(0, end));
}
