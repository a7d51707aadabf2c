import { hmacSha256 } from './hmac.ts';

const INDEX_BYTES = 16;
/** Version of the normaliser; part of the digest, so that a new one cannot be mistaken for the old. */
const NORMALISER = 'n1';

/**
 * The form in which e-mails are compared: Unicode NFKC, no white space around, lower case. Dots and `+tags` stay, since
 * only the mailbox's own server knows whether they matter.
 */
export function normaliseEmail(email: string): string {
  // NFKC once more: lower-casing can leave a sequence that is not in normal form.
  return email.normalize('NFKC').toLowerCase().normalize('NFKC').trim();
}

/**
 * The keyed digest by which an e-mail is found again within a shop: HMAC-SHA-256, 16 bytes. Equal e-mails of a shop
 * have equal digests; those of two shops have nothing in common.
 *
 * @throws VaultError `vault.bad-key`
 */
export function emailIndex(key: Buffer, email: string): Buffer {
  return hmacSha256(key, ['email', NORMALISER, Buffer.from(normaliseEmail(email))]).subarray(0, INDEX_BYTES);
}

/** The digests under which an e-mail may be stored: of each of the keys, in their order. */
export function emailIndexes(keys: readonly Buffer[], email: string): Buffer[] {
  return keys.map((key) => emailIndex(key, email));
}
