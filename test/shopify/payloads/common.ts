import type { Line } from '../storefront/state.ts';
import type { Shop } from '../world/shops.ts';

export type Payload = Record<string, unknown>;

/** Ways in which real payloads differ from the tidy ones. */
export interface Quirks {
  /** What stands where a shipping address is not known. Default: an empty array, as seen in real payloads. */
  readonly missingShippingAddress?: 'empty-array' | 'null' | 'absent';
  /** Only Level 1 of protected customer data was approved: keys vanish field by field. */
  readonly levelOneOnly?: boolean;
  /** `cart_token` and `checkout_token` are null (draft orders, point of sale, imports). */
  readonly nullTokens?: boolean;
  /** Cart tokens carry `?key=…`. */
  readonly keyedCartToken?: boolean;
  /** Ids above 2^53, as in Shopify's own samples. */
  readonly bigIds?: boolean;
}

export const NO_QUIRKS: Quirks = {};

const BIG = 2n ** 60n;

/** A numeric id; a bigint under `bigIds`. */
export const numericId = (id: number, quirks: Quirks): number | bigint => (quirks.bigIds ? BIG + BigInt(id) : id);
export const gid = (kind: string, id: number, quirks: Quirks): string =>
  `gid://shopify/${kind}/${numericId(id, quirks)}`;

/** A cart token as the wire shows it. */
export function wireCartToken(token: string | null, quirks: Quirks): string | null {
  if (token === null || quirks.nullTokens) return null;
  return quirks.keyedCartToken ? `${token}?key=5f3c9e1ab0d24768` : token;
}

/** JSON text of a payload; bigints become plain digits, which JSON.stringify cannot write. */
export function toJson(payload: unknown): string {
  const mark = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? `\u0001${value}\u0001` : value);
  return JSON.stringify(payload, mark).replace(/"\\u0001(\d+)\\u0001"/g, '$1');
}

/** `3800` → `"38.00"`. */
export const amount = (cents: number): string => (cents / 100).toFixed(2);

export function moneySet(cents: number, currency: string): Payload {
  const money = { amount: amount(cents), currency_code: currency };
  return { shop_money: money, presentment_money: { ...money } };
}

/** `2026-11-20T10:06:02-05:00`: whole seconds in the shop's time zone. */
export function shopTime(at: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'longOffset',
  }).formatToParts(at);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  const offset = part('timeZoneName').replace('GMT', '') || '+00:00';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}${offset}`;
}

const isDefaultVariant = (line: Line): boolean => line.variant.title === 'Default Title';
export const variantTitle = (line: Line): string | null => (isDefaultVariant(line) ? null : line.variant.title);
export const fullTitle = (line: Line): string =>
  isDefaultVariant(line) ? line.variant.product.title : `${line.variant.product.title} - ${line.variant.title}`;

/** Tax of an amount, in cents. */
export const taxCents = (cents: number, shop: Shop): number => Math.round(cents * shop.taxRate);
export const SHIPPING_CENTS = 1_000;

export const LANDING_SITE = '/collections/all?utm_source=newsletter&utm_content=made-up';
export const REFERRING_SITE = 'https://www.example.org/';
