import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

import {
  ALGORITHM,
  COMMITMENT_BYTES,
  GCM_OPTIONS,
  NONCE_BYTES,
  readHeaderV1,
  requireVersion,
  RUN_SUITE,
  SALT_AT,
  SALT_BYTES,
  TAG_BYTES,
  writeHeaderV1,
} from './envelope-v1.ts';
import type { Place } from './place.ts';
import type { VaultKey } from './vault-key.ts';
import { VaultError } from './errors.ts';
import { hkdfSha512 } from './hkdf.ts';
import { KEY_BYTES, requireKey } from './key-object.ts';
import { lengthPrefixed } from './length-prefix.ts';

// The numbers of the second table in envelope.ts.
const NUMBER_AT = SALT_AT + SALT_BYTES;
const COMMITMENT_AT = 27;
const CIPHERTEXT_AT = 59;
export const RUN_OVERHEAD_BYTES = CIPHERTEXT_AT + TAG_BYTES;

const INFO = Buffer.from('cart-insights/envelope/v1/run');
/** A run ends after this many messages or this long, whatever comes first. What it saves is saved by then. */
export const MAX_RUN_MESSAGES = 4_096;
export const MAX_RUN_MS = 60_000;
/** Runs whose message key is remembered for each key that opens. */
const MAX_REMEMBERED = 64;

/** The message key of a run: what suite 1 derives for every message, derived once. */
interface RunKey {
  readonly salt: Uint8Array;
  readonly key: KeyObject;
  readonly nonce: Buffer;
  readonly commitment: Buffer;
}

/** A run under way in this process. Its number goes up before it is used and never back. */
interface Run {
  readonly runKey: RunKey;
  readonly since: number;
  number: number;
}

// Both forget with the key they belong to.
const running = new WeakMap<VaultKey, Run>();
const remembered = new WeakMap<VaultKey, Map<string, RunKey>>();

/** `sealInRun` of envelope.ts. */
export function sealInCurrentRun(key: VaultKey, plaintext: Uint8Array, place: Place, now: number): Buffer {
  // Asked every time: the run must not outlive a secret that was wiped.
  requireKey(key.secret);
  let run = running.get(key);
  if (run === undefined || run.number >= MAX_RUN_MESSAGES - 1 || !(now - run.since < MAX_RUN_MS)) {
    run = { runKey: deriveRunKey(key.secret, randomBytes(SALT_BYTES)), since: now, number: -1 };
    running.set(key, run);
  }
  run.number += 1;
  return sealNumbered(key, run.runKey, run.number, plaintext, place);
}

/**
 * Seals with a given salt and number, so that test vectors can be made. The app never calls this: a number used twice
 * under one salt gives both values away.
 */
export function sealWithSaltAndNumber(
  key: VaultKey,
  plaintext: Uint8Array,
  place: Place,
  { salt, number }: { readonly salt: Uint8Array; readonly number: number },
): Buffer {
  return sealNumbered(key, deriveRunKey(key.secret, salt), number, plaintext, place);
}

function sealNumbered(key: VaultKey, runKey: RunKey, number: number, plaintext: Uint8Array, place: Place): Buffer {
  requireVersion(key.version);
  const out = Buffer.allocUnsafe(plaintext.length + RUN_OVERHEAD_BYTES);
  writeHeaderV1(out, RUN_SUITE, key);
  out.set(runKey.salt, SALT_AT);
  out.writeUInt32BE(number, NUMBER_AT);
  out.set(runKey.commitment, COMMITMENT_AT);
  const cipher = createCipheriv(ALGORITHM, runKey.key, numberedNonce(runKey.nonce, number), GCM_OPTIONS);
  cipher.setAAD(associatedData(out, place));
  out.set(cipher.update(plaintext), CIPHERTEXT_AT);
  cipher.final();
  out.set(cipher.getAuthTag(), CIPHERTEXT_AT + plaintext.length);
  return out;
}

/** `open` of envelope.ts for a value of this suite, except that it throws whatever came in the way. */
export function openOfRunOrThrow(key: VaultKey, bytes: Buffer, place: Place): Buffer {
  const header = readHeaderV1(bytes);
  if (header.scope !== key.scope || header.version !== key.version || bytes.length < RUN_OVERHEAD_BYTES) {
    throw new VaultError('vault.unopenable');
  }
  requireKey(key.secret);
  const salt = bytes.subarray(SALT_AT, NUMBER_AT);
  const name = salt.toString('latin1');
  const known = remembered.get(key)?.get(name);
  const runKey = known ?? deriveRunKey(key.secret, Buffer.from(salt));
  if (!timingSafeEqual(bytes.subarray(COMMITMENT_AT, CIPHERTEXT_AT), runKey.commitment)) {
    throw new VaultError('vault.unopenable');
  }
  const tagAt = bytes.length - TAG_BYTES;
  const nonce = numberedNonce(runKey.nonce, bytes.readUInt32BE(NUMBER_AT));
  const decipher = createDecipheriv(ALGORITHM, runKey.key, nonce, GCM_OPTIONS);
  decipher.setAAD(associatedData(bytes, place));
  decipher.setAuthTag(bytes.subarray(tagAt));
  const plaintext = decipher.update(bytes.subarray(CIPHERTEXT_AT, tagAt));
  decipher.final();
  // Only now: what does not open leaves no trace.
  if (known === undefined) remember(key, name, runKey);
  return plaintext;
}

function remember(key: VaultKey, name: string, runKey: RunKey): void {
  const runs = remembered.get(key);
  if (runs === undefined || runs.size >= MAX_REMEMBERED) remembered.set(key, new Map([[name, runKey]]));
  else runs.set(name, runKey);
}

function deriveRunKey(secret: Buffer, salt: Uint8Array): RunKey {
  const all = hkdfSha512(secret, salt, INFO, KEY_BYTES + NONCE_BYTES + COMMITMENT_BYTES);
  const key = createSecretKey(all.subarray(0, KEY_BYTES));
  all.fill(0, 0, KEY_BYTES);
  const commitmentAt = KEY_BYTES + NONCE_BYTES;
  return { salt, key, nonce: all.subarray(KEY_BYTES, commitmentAt), commitment: all.subarray(commitmentAt) };
}

/** The run's nonce with the message's number in its last four bytes, as TLS 1.3 does (RFC 8446, 5.3). */
function numberedNonce(nonce: Buffer, number: number): Buffer {
  const numbered = Buffer.from(nonce);
  const at = NONCE_BYTES - 4;
  numbered.writeUInt32BE((numbered.readUInt32BE(at) ^ number) >>> 0, at);
  return numbered;
}

function associatedData(sealed: Buffer, { shop, table, column, row }: Place): Buffer {
  return lengthPrefixed([shop, table, column, row], sealed.subarray(0, COMMITMENT_AT));
}
