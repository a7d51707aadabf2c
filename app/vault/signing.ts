import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

import { VaultError } from './errors.ts';
import { keyObject } from './key-object.ts';

/** Ed25519 keys in the envelopes of RFC 8410: the same bytes before every seed, and before every public key. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');
const PUBLIC_KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const KEY_ID_BYTES = 8;

/** Signs; the private half is in no property. */
export interface SigningKey {
  /** The first 8 bytes of SHA-256 of the public key, in hexadecimal. */
  readonly keyId: string;
  /** 32 bytes, as RFC 8032 has them. */
  readonly publicKey: Buffer;
  /** What anybody needs to check a signature, as OpenSSL reads it. */
  readonly publicKeyPem: string;
  /** 64 bytes. The same message gives the same signature. */
  sign(message: Uint8Array): Buffer;
}

/**
 * The Ed25519 key (RFC 8032) of a 32-byte seed.
 *
 * @throws VaultError `vault.bad-key`
 */
export function signingKeyOf(seed: Uint8Array): SigningKey {
  keyObject(seed);
  const der = Buffer.concat([PKCS8_HEAD, seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const publicKey = Buffer.from(spki.subarray(SPKI_HEAD.length));
  return {
    keyId: signingKeyId(publicKey),
    publicKey,
    publicKeyPem: publicKeyPem(publicKey),
    sign: (message) => sign(null, message, privateKey),
  };
}

/** The name of a public key. */
export function signingKeyId(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest().subarray(0, KEY_ID_BYTES).toString('hex');
}

/** @throws VaultError `vault.bad-key` for another length. */
export function publicKeyPem(publicKey: Uint8Array): string {
  return publicKeyObject(publicKey).export({ format: 'pem', type: 'spki' }).toString();
}

/** Whether the signature is of this message by this key. False for whatever is malformed. */
export function isSignedBy(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  try {
    return verify(null, message, publicKeyObject(publicKey), signature);
  } catch {
    return false;
  }
}

function publicKeyObject(publicKey: Uint8Array): KeyObject {
  if (publicKey.length !== PUBLIC_KEY_BYTES) throw new VaultError('vault.bad-key');
  return createPublicKey({ key: Buffer.concat([SPKI_HEAD, publicKey]), format: 'der', type: 'spki' });
}
