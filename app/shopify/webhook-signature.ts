import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

const BASE64_OF_32_BYTES = /^[A-Za-z0-9+/]{43}=$/;

/** The app's secret, ready for checking many signatures. */
export function signatureKey(secret: string): KeyObject {
  return createSecretKey(secret, 'utf8');
}

/**
 * Whether Shopify signed these bytes: `X-Shopify-Hmac-Sha256` is the base64 of HMAC-SHA-256 over the raw body with the
 * app's secret (Shopify: verify deliveries). Compared in constant time. The signature covers the body only, so every
 * header stays a claim.
 */
export function isSignedByShopify(key: KeyObject, body: Uint8Array, signature: string): boolean {
  if (!BASE64_OF_32_BYTES.test(signature)) return false;
  const claimed = Buffer.from(signature, 'base64');
  const expected = createHmac('sha256', key).update(body).digest();
  return timingSafeEqual(claimed, expected);
}
