import { createHmac, hash } from 'node:crypto';

import { requireKey } from './key-object.ts';
import { lengthPrefixed } from './length-prefix.ts';

const HASH = 'sha256';
const HASH_BYTES = 32;
const BLOCK_BYTES = 64;
const INNER = 0x36;
const OUTER = 0x5c;
/** Longer messages than fit here are rare and take the ordinary way. */
const ROOM_BYTES = 64 * 1024;

const inner = Buffer.allocUnsafeSlow(ROOM_BYTES);
const outer = Buffer.allocUnsafeSlow(BLOCK_BYTES + HASH_BYTES);

/**
 * HMAC-SHA-256 under a key of the vault over parts, each behind its length. 32 bytes.
 *
 * @throws VaultError `vault.bad-key`, or `vault.bad-input` for text that is not valid Unicode.
 */
export function hmacSha256(key: Uint8Array, parts: readonly (string | Uint8Array)[]): Buffer {
  requireKey(key);
  return plainHmacSha256(key, [lengthPrefixed(parts)]);
}

/**
 * HMAC-SHA-256 of pieces, one after the other (RFC 2104), under any key.
 *
 * Written out in two one-shot hashes: Node's Hmac is an object with a native part, made, used once and left to the garbage
 * collector, which costs several times what the hashing does. Edge and worker make two such digests for every webhook.
 * Nothing of key or message stays behind.
 */
export function plainHmacSha256(key: Uint8Array, parts: readonly Uint8Array[]): Buffer {
  let length = BLOCK_BYTES;
  for (const part of parts) length += part.length;
  if (length > ROOM_BYTES || key.length > BLOCK_BYTES) return ordinaryHmac(key, parts);

  for (let at = 0; at < BLOCK_BYTES; at += 1) {
    const byte = key[at] ?? 0;
    inner[at] = byte ^ INNER;
    outer[at] = byte ^ OUTER;
  }
  let at = BLOCK_BYTES;
  for (const part of parts) {
    inner.set(part, at);
    at += part.length;
  }
  // As text of one byte a character: a Buffer for each result costs more than the hash of a short message.
  outer.write(hash(HASH, inner.subarray(0, length), 'binary'), BLOCK_BYTES, 'binary');
  const digest = Buffer.from(hash(HASH, outer, 'binary'), 'binary');
  inner.fill(0, 0, length);
  outer.fill(0);
  return digest;
}

function ordinaryHmac(key: Uint8Array, parts: readonly Uint8Array[]): Buffer {
  const hmac = createHmac(HASH, key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}
