import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Shop } from './world/shops.ts';
import type { StaffMember } from './world/staff.ts';

/** What an app is known by at Shopify. */
export interface Credentials {
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** Claims of App Bridge's id token; times in seconds. */
export interface SessionClaims {
  readonly iss: string;
  readonly dest: string;
  readonly aud: string;
  readonly sub: string;
  readonly exp: number;
  readonly nbf: number;
  readonly iat: number;
  readonly jti: string;
  readonly sid: string;
}

const LIFETIME_SECONDS = 60;
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const macOf = (text: string, secret: string): Buffer => createHmac('sha256', secret).update(text).digest();

/** The session token App Bridge hands out: HS256 with the app's secret, good for one minute. */
export function signSessionToken(
  { apiKey, apiSecret }: Credentials,
  shop: Pick<Shop, 'domain'>,
  staff: Pick<StaffMember, 'id'>,
  now: Date,
  overrides: Partial<SessionClaims> = {},
): string {
  const seconds = Math.floor(now.getTime() / 1000);
  const claims: SessionClaims = {
    iss: `https://${shop.domain}/admin`,
    dest: `https://${shop.domain}`,
    aud: apiKey,
    sub: String(staff.id),
    exp: seconds + LIFETIME_SECONDS,
    nbf: seconds,
    iat: seconds,
    jti: randomUUID(),
    sid: sessionIdOf(shop, staff),
    ...overrides,
  };
  const head = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${head}.${macOf(head, apiSecret).toString('base64url')}`;
}

/** Shopify's `sid`: the same while one person stays logged in to one shop. */
export function sessionIdOf(shop: Pick<Shop, 'domain'>, staff: Pick<StaffMember, 'id'>): string {
  return macOf(`${shop.domain}/${staff.id}`, 'session').toString('hex');
}

/** The claims when signature, audience, shop and time are right; null otherwise. */
export function getSessionClaims(
  { apiKey, apiSecret }: Credentials,
  token: string,
  shop: Pick<Shop, 'domain'>,
  now: Date,
): SessionClaims | null {
  const [head, body, mac, ...rest] = token.split('.');
  if (!head || !body || !mac || rest.length > 0) return null;
  const expected = macOf(`${head}.${body}`, apiSecret);
  const given = Buffer.from(mac, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as SessionClaims;
  const seconds = now.getTime() / 1000;
  const fits = claims.aud === apiKey && claims.dest === `https://${shop.domain}`;
  return fits && claims.exp > seconds && claims.nbf <= seconds + 1 ? claims : null;
}
