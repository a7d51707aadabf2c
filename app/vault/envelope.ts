/**
 * The sealed form of a value, version 1.
 *
 * | offset | bytes | meaning |
 * |---|---|---|
 * | 0 | 1 | format: 0x01 |
 * | 1 | 1 | suite: 0x01 = HKDF-SHA-512, AES-256-GCM, 32-byte key commitment |
 * | 2 | 1 | scope of the key (scope.ts) |
 * | 3 | 4 | version of the key, big-endian |
 * | 7 | 16 | salt, random for every message |
 * | 23 | 32 | commitment to the key |
 * | 55 | n | ciphertext |
 * | 55+n | 16 | tag |
 *
 * HKDF-SHA-512 of the key's secret and the salt gives 76 bytes: the message's own key (32), nonce (12) and commitment
 * (32). Since every message has a key of its own, no nonce can repeat under a key. The commitment is compared before
 * anything is decrypted, so that a ciphertext opens under one key only. Authenticated with the ciphertext are bytes
 * 0–22 and, each behind its length, the shop, table, column and row the value belongs to: a value moved to any other
 * place does not open. The design follows the committing suites of the AWS Encryption SDK.
 */
import { createCipheriv, createDecipheriv, randomFillSync, timingSafeEqual } from 'node:crypto';

import { hkdfSha512 } from './derive.ts';
import { VaultError } from './errors.ts';
import { lengthPrefixed } from './length-prefix.ts';
import { getScope, KEY_SCOPES, type KeyScope } from './scope.ts';

/** A key that seals: 32 secret bytes and what the header says about them. */
export interface VaultKey {
  readonly scope: KeyScope;
  /** 0 to 2^32 − 1. */
  readonly version: number;
  readonly secret: Buffer;
}

/** Where a value belongs. Table and column are logical names, frozen in the code; they need not be the database's. */
export interface Place {
  readonly shop: string;
  readonly table: string;
  readonly column: string;
  readonly row: string;
}

/** What the first bytes of a sealed value say. Nothing of it is trusted before the value opens. */
export interface SealedHeader {
  readonly format: 1;
  readonly suite: 1;
  readonly scope: KeyScope;
  readonly version: number;
}

export const KEY_BYTES = 32;
const FORMAT = 1;
const SUITE = 1;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const COMMITMENT_BYTES = 32;
const TAG_BYTES = 16;
const SALT_AT = 7;
const COMMITMENT_AT = SALT_AT + SALT_BYTES;
const CIPHERTEXT_AT = COMMITMENT_AT + COMMITMENT_BYTES;

/** How many bytes a sealed value is longer than what it holds. */
export const ENVELOPE_OVERHEAD_BYTES = CIPHERTEXT_AT + TAG_BYTES;

const ALGORITHM = 'aes-256-gcm';
/** Said on both sides: without it Node accepts tags of four bytes. */
const GCM_OPTIONS = { authTagLength: TAG_BYTES } as const;
const INFO = Buffer.from('cart-insights/envelope/v1');

/**
 * Seals bytes for one place.
 *
 * @returns `plaintext.length + ENVELOPE_OVERHEAD_BYTES` bytes.
 * @throws VaultError `vault.bad-key` for a secret of another length or a version out of range.
 */
export function seal(key: VaultKey, plaintext: Uint8Array, place: Place): Buffer {
  const salt = Buffer.allocUnsafe(SALT_BYTES);
  randomFillSync(salt);
  return sealWithSalt(key, plaintext, place, salt);
}

/** {@link seal} with a given salt. For test vectors only: a salt used twice for different values gives both away. */
export function sealWithSalt(key: VaultKey, plaintext: Uint8Array, place: Place, salt: Uint8Array): Buffer {
  requireKey(key);
  const out = Buffer.allocUnsafe(plaintext.length + ENVELOPE_OVERHEAD_BYTES);
  out[0] = FORMAT;
  out[1] = SUITE;
  out[2] = KEY_SCOPES[key.scope];
  out.writeUInt32BE(key.version, 3);
  out.set(salt, SALT_AT);
  const derived = deriveMessageKey(key.secret, salt);
  out.set(derived.commitment, COMMITMENT_AT);
  const cipher = createCipheriv(ALGORITHM, derived.key, derived.nonce, GCM_OPTIONS);
  cipher.setAAD(associatedData(out, place));
  out.set(cipher.update(plaintext), CIPHERTEXT_AT);
  cipher.final();
  out.set(cipher.getAuthTag(), CIPHERTEXT_AT + plaintext.length);
  derived.all.fill(0);
  return out;
}

/**
 * Opens a sealed value at the place it was sealed for.
 *
 * @throws VaultError `vault.unopenable`, whatever the reason: another key, another place, a changed or missing byte.
 */
export function open(key: VaultKey, sealed: Uint8Array, place: Place): Buffer {
  requireKey(key);
  const bytes = asBuffer(sealed);
  const header = readHeader(bytes);
  if (header.scope !== key.scope || header.version !== key.version) throw new VaultError('vault.unopenable');
  const derived = deriveMessageKey(key.secret, bytes.subarray(SALT_AT, COMMITMENT_AT));
  try {
    const commitment = bytes.subarray(COMMITMENT_AT, CIPHERTEXT_AT);
    if (!timingSafeEqual(commitment, derived.commitment)) throw new VaultError('vault.unopenable');
    const decipher = createDecipheriv(ALGORITHM, derived.key, derived.nonce, GCM_OPTIONS);
    decipher.setAAD(associatedData(bytes, place));
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
    const plaintext = decipher.update(bytes.subarray(CIPHERTEXT_AT, bytes.length - TAG_BYTES));
    decipher.final();
    return plaintext;
  } catch {
    throw new VaultError('vault.unopenable');
  } finally {
    derived.all.fill(0);
  }
}

/**
 * Which key a sealed value asks for.
 *
 * @throws VaultError `vault.unopenable` for bytes that are no sealed value of a known format.
 */
export function readHeader(sealed: Uint8Array): SealedHeader {
  const bytes = asBuffer(sealed);
  if (bytes.length < ENVELOPE_OVERHEAD_BYTES || bytes[0] !== FORMAT || bytes[1] !== SUITE) {
    throw new VaultError('vault.unopenable');
  }
  const scope = getScope(bytes.readUInt8(2));
  if (scope === null) throw new VaultError('vault.unopenable');
  return { format: FORMAT, suite: SUITE, scope, version: bytes.readUInt32BE(3) };
}

function deriveMessageKey(secret: Buffer, salt: Uint8Array) {
  const all = hkdfSha512(secret, salt, INFO, KEY_BYTES + NONCE_BYTES + COMMITMENT_BYTES);
  return {
    all,
    key: all.subarray(0, KEY_BYTES),
    nonce: all.subarray(KEY_BYTES, KEY_BYTES + NONCE_BYTES),
    commitment: all.subarray(KEY_BYTES + NONCE_BYTES),
  };
}

function associatedData(sealed: Buffer, place: Place): Buffer {
  const parts = lengthPrefixed([place.shop, place.table, place.column, place.row]);
  return Buffer.concat([sealed.subarray(0, COMMITMENT_AT), parts]);
}

function requireKey(key: VaultKey): void {
  const { secret, version } = key;
  if (secret.length !== KEY_BYTES || !Number.isInteger(version) || version < 0 || version > 0xffffffff) {
    throw new VaultError('vault.bad-key');
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
