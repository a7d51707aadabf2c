import { createHash, randomBytes } from 'node:crypto';

import { parse as parseUuid, validate as isUuid } from 'uuid';

const SHOP_BYTES = 16;
const SECRET_BYTES = 32;
/** Nothing but what {@link newLinkToken} writes: 48 bytes fill 64 characters without a rest. */
const TOKEN = /^[\w-]{64}$/;

/** What stands in a link, and what is kept of it. */
export interface LinkToken {
  readonly token: string;
  readonly digest: Buffer;
}

/**
 * Makes the token of a link: our id of the shop, which says in whose rows to look, and 256 random bits. It is never
 * stored; as it is random, its SHA-256 gives it away to nobody.
 */
export function newLinkToken(shopId: string): LinkToken {
  const token = Buffer.concat([parseUuid(shopId), randomBytes(SECRET_BYTES)]).toString('base64url');
  return { token, digest: digestOf(token) };
}

/** The shop and the digest of a token that somebody brings; null for what never was one. */
export function parseLinkToken(token: string): { readonly shopId: string; readonly digest: Buffer } | null {
  if (!TOKEN.test(token)) return null;
  const bytes = Buffer.from(token, 'base64url').subarray(0, SHOP_BYTES).toString('hex');
  const shopId = bytes.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return isUuid(shopId) ? { shopId, digest: digestOf(token) } : null;
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
