import { hash } from 'node:crypto';

import { requireKey } from './key-object.ts';
import { lengthPrefixed } from './length-prefix.ts';

const BLOCK_BYTES = 64;
const INNER = 0x36;
const OUTER = 0x5c;

const outer = Buffer.alloc(BLOCK_BYTES + 32);

/**
 * HMAC-SHA-256 (RFC 2104) over parts, each behind its length. 32 bytes.
 *
 * Written out in two one-shot hashes: Node's Hmac is an object with a native part, made, used once and left to the
 * garbage collector, which costs several times what the hashing does. The worker makes two such digests for every webhook.
 *
 * @throws VaultError `vault.bad-key`, or `vault.bad-input` for text that is not valid Unicode.
 */
export function hmacSha256(key: Uint8Array, parts: readonly (string | Uint8Array)[]): Buffer {
  requireKey(key);
  const padded = Buffer.alloc(BLOCK_BYTES, INNER);
  for (const [index, byte] of key.entries()) {
    padded[index] = byte ^ INNER;
    outer[index] = byte ^ OUTER;
  }
  outer.fill(OUTER, key.length, BLOCK_BYTES);
  const inner = lengthPrefixed(parts, padded);
  try {
    outer.set(hash('sha256', inner, 'buffer'), BLOCK_BYTES);
    return hash('sha256', outer, 'buffer');
  } finally {
    padded.fill(0);
    inner.fill(0, 0, BLOCK_BYTES);
    outer.fill(0);
  }
}
