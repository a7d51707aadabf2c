/**
 * The sealed form of a value, version 1.
 *
 * | offset | bytes | meaning |
 * |---|---|---|
 * | 0 | 1 | format: 0x01 |
 * | 1 | 1 | suite: 0x01 = HKDF-SHA-512, AES-256-GCM, 32-byte key commitment; 0x02 = the same in runs, see below |
 * | 2 | 1 | scope of the key (scope.ts) |
 * | 3 | 4 | version of the key, big-endian |
 * | 7 | 16 | salt, random for every message |
 * | 23 | 32 | commitment to the key |
 * | 55 | n | ciphertext |
 * | 55+n | 16 | tag |
 *
 *     key (32) ‖ nonce (12) ‖ commitment (32) = HKDF-SHA-512(secret, salt, "cart-insights/envelope/v1")
 *     associated data = bytes 0 to 22 ‖ LP(shop) ‖ LP(table) ‖ LP(column) ‖ LP(row)
 *     LP(x) = length of x in bytes (4, big-endian) ‖ x in UTF-8
 *
 * Since every message has a key of its own, no nonce can repeat under a key. The commitment is compared before
 * anything is decrypted, so that a ciphertext opens under one key only. Authenticated with the ciphertext are bytes
 * 0–22 and, each behind its length, the shop, table, column and row the value belongs to: a value moved to any other
 * place does not open. The design follows the committing suites of the AWS Encryption SDK.
 *
 * Suite 2, for the inbox (docs/decisions/0010-the-inbox-seals-in-runs.md): a run of messages shares what is derived, and each
 * has its number in the run. The bytes to 22 are those of suite 1, the salt being the run's; then
 *
 * | offset | bytes | meaning |
 * |---|---|---|
 * | 23 | 4 | number of the message in its run, big-endian, from 0 |
 * | 27 | 32 | commitment to the key |
 * | 59 | n | ciphertext |
 * | 59+n | 16 | tag |
 *
 *     key (32) ‖ nonce (12) ‖ commitment (32) = HKDF-SHA-512(secret, salt, "cart-insights/envelope/v1/run")
 *     nonce of the message = nonce, its last four bytes XOR number
 *     associated data = bytes 0 to 26 ‖ LP(shop) ‖ LP(table) ‖ LP(column) ‖ LP(row)
 *
 * A run belongs to one process, ends after 4,096 messages or a minute, and never gives a number twice, so no nonce
 * repeats under its key either.
 *
 * Stored values outlive the code: a change of this format is a new format number beside this one, and what lies in
 * vectors.json must open for ever.
 */
import { openOfRunOrThrow, sealInCurrentRun } from './envelope-v1-run.ts';
import {
  asBuffer,
  openOrThrow,
  OVERHEAD_BYTES,
  readHeaderV1,
  RUN_SUITE,
  SALT_BYTES,
  type SealedHeader,
  sealWithSalt,
  SUITE_AT,
} from './envelope-v1.ts';
import { VaultError } from './errors.ts';
import type { Place } from './place.ts';
import { random } from './random.ts';
import type { VaultKey } from './vault-key.ts';

/** How many bytes a sealed value is longer than what it holds. */
export const ENVELOPE_OVERHEAD_BYTES = OVERHEAD_BYTES;

/**
 * Seals bytes for one place.
 *
 * @returns `plaintext.length + ENVELOPE_OVERHEAD_BYTES` bytes.
 * @throws VaultError `vault.bad-key` for a secret of another length or a version out of range; `vault.bad-input` for a
 *   place that is not valid Unicode.
 */
export function seal(key: VaultKey, plaintext: Uint8Array, place: Place): Buffer {
  return sealWithSalt(key, plaintext, place, random(SALT_BYTES));
}

/**
 * Seals bytes for one place as {@link seal} does, in a run of messages under `key`: a fifth of the work. For keys that
 * live as long as a day and seal many values; nothing else needs it. The run belongs to the object `key`.
 *
 * @throws VaultError as {@link seal} does.
 */
export function sealInRun(key: VaultKey, plaintext: Uint8Array, place: Place): Buffer {
  return sealInCurrentRun(key, plaintext, place, performance.now());
}

/**
 * Opens a sealed value at the place it was sealed for, with the key or that older version of it which the value names.
 *
 * @throws VaultError `vault.unopenable`, whatever the reason: another key, another place, a changed or missing byte.
 */
export function open(key: VaultKey, sealed: Uint8Array, place: Place): Buffer {
  try {
    const bytes = asBuffer(sealed);
    const version = versionFor(key, bytes);
    return bytes[SUITE_AT] === RUN_SUITE ? openOfRunOrThrow(version, bytes, place) : openOrThrow(version, bytes, place);
  } catch {
    throw new VaultError('vault.unopenable');
  }
}

/**
 * Which key a sealed value asks for.
 *
 * @throws VaultError `vault.unopenable` for bytes that are no sealed value of a known format.
 */
export function readHeader(sealed: Uint8Array): SealedHeader {
  return readHeaderV1(sealed);
}

/** Which version of a key sealed the value; the newest when none of them says so, which then does not open it. */
function versionFor(key: VaultKey, sealed: Uint8Array): VaultKey {
  if (key.older === undefined) return key;
  const { version } = readHeaderV1(sealed);
  return key.older.find((older) => older.version === version) ?? key;
}
