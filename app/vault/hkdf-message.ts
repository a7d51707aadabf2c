import { hash } from 'node:crypto';

import { VaultError } from './errors.ts';
import { requireKey } from './key-object.ts';

const HASH_BYTES = 64;
const BLOCK_BYTES = 128;
const INNER = 0x36;
const OUTER = 0x5c;
/** Two blocks of output are enough for a key, a nonce and a commitment. */
const MAX_LENGTH = 2 * HASH_BYTES;
const MAX_INFO = 100;

const pseudorandom = Buffer.alloc(HASH_BYTES);
const inner = Buffer.alloc(BLOCK_BYTES + HASH_BYTES + MAX_INFO + 1);
const outer = Buffer.alloc(BLOCK_BYTES + HASH_BYTES);
const output = Buffer.alloc(MAX_LENGTH);

/**
 * HKDF-SHA-512 (RFC 5869) for the key of one message, in a third of the time `hkdfSync` takes, which makes a native object
 * for every call and leaves it to the garbage collector. For keys that live as short as the message; those that wrap or
 * last are derived by hkdf.ts.
 *
 * Its buffers are wiped. The hashes between them pass through strings of the runtime, which live until they are collected,
 * as the message itself does as text.
 *
 * @throws VaultError `vault.bad-key`; `vault.bad-input` for a salt, info or length beyond what a message needs.
 */
export function hkdfForMessage(secret: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Buffer {
  requireKey(secret);
  if (salt.length > BLOCK_BYTES || info.length > MAX_INFO || length > MAX_LENGTH) {
    throw new VaultError('vault.bad-input', 'more than a message needs');
  }
  try {
    setKey(salt);
    inner.set(secret, BLOCK_BYTES);
    finish(secret.length, pseudorandom, 0);

    setKey(pseudorandom);
    for (let block = 1, made = 0; made < length; block += 1, made += HASH_BYTES) {
      const before = block === 1 ? 0 : HASH_BYTES;
      if (before > 0) inner.set(output.subarray(made - HASH_BYTES, made), BLOCK_BYTES);
      inner.set(info, BLOCK_BYTES + before);
      inner[BLOCK_BYTES + before + info.length] = block;
      finish(before + info.length + 1, output, made);
    }
    return Buffer.from(output.subarray(0, length));
  } finally {
    for (const buffer of [pseudorandom, inner, outer, output]) buffer.fill(0);
  }
}

/** Writes the key of an HMAC, padded, before both of its hashes. */
function setKey(key: Uint8Array): void {
  for (const [index, byte] of key.entries()) {
    inner[index] = byte ^ INNER;
    outer[index] = byte ^ OUTER;
  }
  inner.fill(INNER, key.length, BLOCK_BYTES);
  outer.fill(OUTER, key.length, BLOCK_BYTES);
}

/** The HMAC of the first `messageBytes` behind the key. As text and back: the runtime makes a text faster than a buffer. */
function finish(messageBytes: number, target: Buffer, at: number): void {
  const first = hash('sha512', inner.subarray(0, BLOCK_BYTES + messageBytes), 'binary');
  outer.write(first, BLOCK_BYTES, 'binary');
  target.write(hash('sha512', outer, 'binary'), at, 'binary');
}
