import { createCipheriv, createDecipheriv, createSecretKey, timingSafeEqual } from 'node:crypto';

import type { Place } from './place.ts';
import type { VaultKey } from './vault-key.ts';
import { VaultError } from './errors.ts';
import { hkdfForMessage } from './hkdf-message.ts';
import { KEY_BYTES } from './key-object.ts';
import { lengthPrefixed } from './length-prefix.ts';
import { getScope, KEY_SCOPES, type KeyScope } from './scope.ts';

/** What the first bytes of a sealed value say. Nothing of it is trusted before the value opens. */
export interface SealedHeader {
  readonly format: 1;
  readonly suite: 1 | 2;
  readonly scope: KeyScope;
  readonly version: number;
}

// The numbers of the table in envelope.ts.
const FORMAT = 1;
const SUITE = 1;
const SCOPE_AT = 2;
const VERSION_AT = 3;
const COMMITMENT_AT = 23;
const CIPHERTEXT_AT = 55;
const MAX_VERSION = 0xffff_ffff;

/** The suite of envelope-v1-run.ts, which shares the beginning of its bytes with this one. */
export const RUN_SUITE = 2;
export const SUITE_AT = 1;
export const SALT_AT = 7;
export const SALT_BYTES = COMMITMENT_AT - SALT_AT;
export const NONCE_BYTES = 12;
export const COMMITMENT_BYTES = CIPHERTEXT_AT - COMMITMENT_AT;
export const TAG_BYTES = 16;
export const OVERHEAD_BYTES = CIPHERTEXT_AT + TAG_BYTES;

const DERIVED_BYTES = KEY_BYTES + NONCE_BYTES + COMMITMENT_BYTES;
export const ALGORITHM = 'aes-256-gcm';
/** Said on both sides: without it Node accepts tags of four bytes. */
export const GCM_OPTIONS = { authTagLength: TAG_BYTES } as const;
const INFO = Buffer.from('cart-insights/envelope/v1');

/**
 * `seal` of envelope.ts with a given salt, apart from it so that test vectors can be made. The app never calls this: a
 * salt used twice for different values gives both away.
 */
export function sealWithSalt(key: VaultKey, plaintext: Uint8Array, place: Place, salt: Uint8Array): Buffer {
  requireVersion(key.version);
  const out = Buffer.allocUnsafe(plaintext.length + OVERHEAD_BYTES);
  writeHeaderV1(out, SUITE, key);
  out.set(salt, SALT_AT);
  const derived = deriveMessageKey(key.secret, salt);
  try {
    out.set(derived.commitment, COMMITMENT_AT);
    const cipher = createCipheriv(ALGORITHM, derived.key, derived.nonce, GCM_OPTIONS);
    cipher.setAAD(associatedData(out, place));
    out.set(cipher.update(plaintext), CIPHERTEXT_AT);
    cipher.final();
    out.set(cipher.getAuthTag(), CIPHERTEXT_AT + plaintext.length);
  } finally {
    derived.all.fill(0);
  }
  return out;
}

/** `open` of envelope.ts for a value of this suite, except that it throws whatever came in the way. */
export function openOrThrow(key: VaultKey, bytes: Buffer, place: Place): Buffer {
  const header = readHeaderV1(bytes);
  if (header.scope !== key.scope || header.version !== key.version) throw new VaultError('vault.unopenable');
  const derived = deriveMessageKey(key.secret, bytes.subarray(SALT_AT, COMMITMENT_AT));
  try {
    const commitment = bytes.subarray(COMMITMENT_AT, CIPHERTEXT_AT);
    if (!timingSafeEqual(commitment, derived.commitment)) throw new VaultError('vault.unopenable');
    const tagAt = bytes.length - TAG_BYTES;
    const decipher = createDecipheriv(ALGORITHM, derived.key, derived.nonce, GCM_OPTIONS);
    decipher.setAAD(associatedData(bytes, place));
    decipher.setAuthTag(bytes.subarray(tagAt));
    const plaintext = decipher.update(bytes.subarray(CIPHERTEXT_AT, tagAt));
    decipher.final();
    return plaintext;
  } finally {
    derived.all.fill(0);
  }
}

/** Writes bytes 0 to 6. */
export function writeHeaderV1(out: Buffer, suite: SealedHeader['suite'], key: VaultKey): void {
  out[0] = FORMAT;
  out[SUITE_AT] = suite;
  out[SCOPE_AT] = KEY_SCOPES[key.scope];
  out.writeUInt32BE(key.version, VERSION_AT);
}

/** `readHeader` of envelope.ts. */
export function readHeaderV1(sealed: Uint8Array): SealedHeader {
  const bytes = asBuffer(sealed);
  const suite = bytes[SUITE_AT];
  if (bytes.length < OVERHEAD_BYTES || bytes[0] !== FORMAT || (suite !== SUITE && suite !== RUN_SUITE)) {
    throw new VaultError('vault.unopenable');
  }
  const scope = getScope(bytes.readUInt8(SCOPE_AT));
  if (scope === null) throw new VaultError('vault.unopenable');
  return { format: FORMAT, suite, scope, version: bytes.readUInt32BE(VERSION_AT) };
}

function deriveMessageKey(secret: Buffer, salt: Uint8Array) {
  const all = hkdfForMessage(secret, salt, INFO, DERIVED_BYTES);
  return {
    all,
    key: createSecretKey(all.subarray(0, KEY_BYTES)),
    nonce: all.subarray(KEY_BYTES, KEY_BYTES + NONCE_BYTES),
    commitment: all.subarray(KEY_BYTES + NONCE_BYTES),
  };
}

function associatedData(sealed: Buffer, { shop, table, column, row }: Place): Buffer {
  return lengthPrefixed([shop, table, column, row], sealed.subarray(0, COMMITMENT_AT));
}

/** @throws VaultError `vault.bad-key` */
export function requireVersion(version: number): void {
  if (!Number.isInteger(version) || version < 0 || version > MAX_VERSION) throw new VaultError('vault.bad-key');
}

/** The same bytes, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
