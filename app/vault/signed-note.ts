/**
 * Signed notes, as c2sp.org/signed-note has them, so that tools we did not write can check ours: a text, an empty line, and
 * a line for each signature.
 *
 *     — <key name> base64(key id, 4 bytes ‖ Ed25519 signature of the text, 64 bytes)
 *
 * The key id is the beginning of SHA-256(key name ‖ 0x0A ‖ 0x01 ‖ public key).
 */
import { createHash } from 'node:crypto';

import { VaultError } from './errors.ts';
import { isSignedBy, type SigningKey } from './signing.ts';

const KEY_NAME = 'cart-insights';
const ED25519 = Buffer.from([1]);
const NEWLINE = Buffer.from('\n');
const KEY_ID_BYTES = 4;
const SIGNATURE_BYTES = 64;
const DASH = '\u2014';
const SIGNATURE_LINE = new RegExp(`^${DASH} (\\S+) ([A-Za-z0-9+/]+={0,2})$`);

/**
 * @param text ends with a newline and holds no empty line at its end.
 * @throws VaultError `vault.bad-input` for another text.
 */
export function signNote(key: SigningKey, text: string): string {
  if (!text.endsWith('\n') || text.endsWith('\n\n') || !text.isWellFormed()) {
    throw new VaultError('vault.bad-input', 'a note ends with one newline');
  }
  const signature = Buffer.concat([noteKeyId(key.publicKey, KEY_NAME), key.sign(Buffer.from(text))]);
  return `${text}\n${DASH} ${KEY_NAME} ${signature.toString('base64')}\n`;
}

/** The text of a note that one of these keys has signed; null for any other, and for what is no note. */
export function readNote(publicKeys: Iterable<Uint8Array>, note: string, keyName = KEY_NAME): string | null {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) return null;
  const text = note.slice(0, end + 1);
  const signatures = note
    .slice(end + 2, -1)
    .split('\n')
    .map((line) => parseSignature(line, keyName));
  // One malformed line spoils the note: nothing unsigned hides among signatures.
  if (signatures.includes(null)) return null;
  const message = Buffer.from(text);
  for (const publicKey of publicKeys) {
    const id = noteKeyId(publicKey, keyName);
    for (const signature of signatures) {
      if (signature !== null && signature.keyId.equals(id) && isSignedBy(publicKey, message, signature.bytes))
        return text;
    }
  }
  return null;
}

/** The public key in the form that verifiers of signed notes take: name, key id, algorithm and key. */
export function noteVerifierKey(publicKey: Uint8Array): string {
  const key = Buffer.concat([ED25519, publicKey]).toString('base64');
  return `${KEY_NAME}+${noteKeyId(publicKey, KEY_NAME).toString('hex')}+${key}`;
}

function noteKeyId(publicKey: Uint8Array, keyName: string): Buffer {
  const hash = createHash('sha256').update(keyName).update(NEWLINE).update(ED25519).update(publicKey).digest();
  return hash.subarray(0, KEY_ID_BYTES);
}

function parseSignature(line: string, keyName: string): { keyId: Buffer; bytes: Buffer } | null {
  const [, name, encoded = ''] = SIGNATURE_LINE.exec(line) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  // Written back, it shows whether the encoding is the one there is.
  if (name === undefined || bytes.length < KEY_ID_BYTES || bytes.toString('base64') !== encoded) return null;
  // Signatures of other names and kinds are allowed beside ours; they prove nothing to us.
  const isOurs = name === keyName && bytes.length === KEY_ID_BYTES + SIGNATURE_BYTES;
  return { keyId: isOurs ? bytes.subarray(0, KEY_ID_BYTES) : Buffer.alloc(0), bytes: bytes.subarray(KEY_ID_BYTES) };
}
