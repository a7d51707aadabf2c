import { createHmac } from 'node:crypto';
import { sessionIdOf, signSessionToken, type Credentials } from '../session-token.ts';
import type { Shop } from '../world/shops.ts';
import type { StaffMember } from '../world/staff.ts';

/** `host` of an embedded app: where in the admin it stands. */
const hostOf = (shop: Shop): string => Buffer.from(`admin.shopify.com/store/${shop.handle}`).toString('base64');

/** The address Shopify loads into the frame: everything the app needs to know, signed. */
export function frameUrl(
  appOrigin: string,
  path: string,
  credentials: Credentials,
  shop: Shop,
  staff: StaffMember,
  now: Date,
): string {
  const url = new URL(path, appOrigin);
  const query: Record<string, string> = {
    embedded: '1',
    host: hostOf(shop),
    id_token: signSessionToken(credentials, shop, staff, now),
    locale: staff.locale,
    session: sessionIdOf(shop, staff),
    shop: shop.domain,
    timestamp: String(Math.floor(now.getTime() / 1000)),
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  url.searchParams.sort();
  const signed = [...url.searchParams].map(([name, value]) => `${name}=${value}`).join('&');
  url.searchParams.set('hmac', createHmac('sha256', credentials.apiSecret).update(signed).digest('hex'));
  return url.href;
}
