import { hash, timingSafeEqual } from 'node:crypto';

import { plainHmacSha256 } from '#app/vault/hmac.ts';

const BASE64_OF_32_BYTES = /^[A-Za-z0-9+/]{43}=$/;

/** What HMAC takes as it is; a longer key is hashed first (RFC 2104). */
const BLOCK_BYTES = 64;

/** The app's secret, ready for checking many signatures. */
export function signatureKey(secret: string): Buffer {
  const bytes = Buffer.from(secret, 'utf8');
  return bytes.length > BLOCK_BYTES ? hash('sha256', bytes, 'buffer') : bytes;
}

/**
 * Whether Shopify signed these bytes: `X-Shopify-Hmac-Sha256` is the base64 of HMAC-SHA-256 over the raw body with the
 * app's secret (Shopify: verify deliveries). Compared in constant time. The signature covers the body only, so every
 * header stays a claim.
 */
export function isSignedByShopify(key: Buffer, body: Uint8Array, signature: string): boolean {
  if (!BASE64_OF_32_BYTES.test(signature)) return false;
  const claimed = Buffer.from(signature, 'base64');
  return timingSafeEqual(claimed, plainHmacSha256(key, [body]));
}
