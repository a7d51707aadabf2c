import { lineOf, type Line, type RawLine, summarise, type ContentSummary } from '#app/carts/line.ts';
import { getCurrency } from '#app/carts/money.ts';
import type { ShopifyEvent } from '#app/ingest/apply/event.ts';
import { claimOf, type PersonClaim } from '#app/shopify/person-claim.ts';
import type { FieldClaims } from '#app/shopify/registers.ts';
import type { Topic } from '#app/shopify/topics.ts';
import { type EventTime, eventTime, parseTime, stampOf } from '#app/shopify/stamp.ts';

/** What one webhook says about carts, in our words. Pure: nothing here reads or writes. */
export type CartEffect = CartStateSeen | CheckoutSeen | CheckoutDeleted | OrderSeen;

export interface CartStateSeen {
  readonly kind: 'cart-state';
  readonly cartToken: string;
  readonly time: EventTime;
  readonly receivedAt: Date;
  readonly createdAt: Date;
  readonly digest: Buffer;
  readonly lines: readonly Line[];
  readonly summary: ContentSummary;
}

export interface CheckoutSeen {
  readonly kind: 'checkout';
  readonly token: string;
  readonly cartToken: string | null | undefined;
  readonly stamp: string;
  readonly changedAt: Date;
  readonly startedAt: Date;
  readonly completedAt: Date | null;
  readonly lines: readonly Line[];
  readonly fields: FieldClaims;
  readonly claim: PersonClaim | null;
}

export interface CheckoutDeleted {
  readonly kind: 'checkout-deleted';
  readonly cartToken: string;
  readonly at: Date;
}

export interface OrderSeen {
  readonly kind: 'order';
  readonly orderId: string;
  readonly cartToken: string | null | undefined;
  readonly checkoutToken: string | null | undefined;
  readonly stamp: string;
  readonly changedAt: Date;
  readonly orderedAt: Date;
  readonly cancelledAt: Date | null;
  readonly lines: readonly Line[];
  readonly fields: FieldClaims;
  readonly claim: PersonClaim | null;
}

/** Topics that say something about carts. */
export const CART_TOPICS = [
  'carts/create',
  'carts/update',
  'checkouts/create',
  'checkouts/update',
  'checkouts/delete',
  'orders/create',
  'orders/updated',
  'orders/cancelled',
] as const satisfies readonly Topic[];

/** Those that can name a person. */
export const PURCHASE_TOPICS = [
  'checkouts/create',
  'checkouts/update',
  'orders/create',
  'orders/updated',
  'orders/cancelled',
] as const satisfies readonly CartTopic[];
export type CartTopic = (typeof CART_TOPICS)[number];

/**
 * The effect of an event of a cart topic; null when it names nothing that can be found again, or says nothing of what is in
 * the cart, which then stays as it is.
 *
 * @param shopCurrency what amounts are in where the body does not say.
 */
export function cartEffect(event: ShopifyEvent<CartTopic>, shopCurrency: string | null): CartEffect | null {
  switch (event.topic) {
    case 'carts/create':
    case 'carts/update':
      return cartState(event, shopCurrency);
    case 'checkouts/create':
    case 'checkouts/update':
      return checkout(event, shopCurrency);
    case 'checkouts/delete':
      return checkoutDeleted(event);
    default:
      return order(event, shopCurrency);
  }
}

function cartState(
  event: ShopifyEvent<'carts/create' | 'carts/update'>,
  shopCurrency: string | null,
): CartStateSeen | null {
  const { body, digest, receivedAt } = event;
  if (body.line_items === undefined) return null;
  const time = eventTime(body.updated_at, event);
  const currency =
    body.line_items
      .map((line) => getCurrency(line.price_set?.shop_money?.currency_code))
      .find((code) => code !== null) ?? shopCurrency;
  // The shop's money where Shopify says it: in a shop with several currencies `price` may be the shopper's.
  const lines = body.line_items.map((line) =>
    lineOf(
      {
        ...line,
        price: line.price_set?.shop_money?.amount ?? line.price,
        line_price: line.line_price_set?.shop_money?.amount ?? line.line_price,
      },
      currency,
    ),
  );
  return {
    kind: 'cart-state',
    cartToken: body.token,
    time,
    receivedAt,
    createdAt: parseTime(body.created_at, event.receivedAt) ?? time.changedAt,
    digest,
    lines,
    summary: summarise(lines, currency),
  };
}

function checkout(
  event: ShopifyEvent<'checkouts/create' | 'checkouts/update'>,
  shopCurrency: string | null,
): CheckoutSeen {
  const { body, digest } = event;
  const time = eventTime(body.updated_at, event);
  const stamp = stampOf(time, digest);
  const content = contentFields(body, shopCurrency);
  return {
    kind: 'checkout',
    token: body.token,
    cartToken: body.cart_token,
    stamp,
    changedAt: time.changedAt,
    startedAt: parseTime(body.created_at, event.receivedAt) ?? time.changedAt,
    completedAt: parseTime(body.completed_at, event.receivedAt),
    lines: content.lines ?? [],
    fields: { email: body.email, ...content, ...placeFields(body.shipping_address) },
    claim: claimOf(body.customer, body.email, stamp, time.changedAt),
  };
}

function checkoutDeleted(event: ShopifyEvent<'checkouts/delete'>): CheckoutDeleted | null {
  const { cart_token: cartToken } = event.body;
  if (typeof cartToken !== 'string') return null;
  return { kind: 'checkout-deleted', cartToken, at: event.triggeredAt ?? event.receivedAt };
}

function order(
  event: ShopifyEvent<'orders/create' | 'orders/updated' | 'orders/cancelled'>,
  shopCurrency: string | null,
): OrderSeen {
  const { body, digest } = event;
  const time = eventTime(body.updated_at, event);
  const stamp = stampOf(time, digest);
  const content = contentFields(body, shopCurrency);
  return {
    kind: 'order',
    orderId: body.id,
    cartToken: body.cart_token,
    checkoutToken: body.checkout_token,
    stamp,
    changedAt: time.changedAt,
    orderedAt: parseTime(body.created_at, event.receivedAt) ?? time.changedAt,
    cancelledAt:
      parseTime(body.cancelled_at, event.receivedAt) ?? (event.topic === 'orders/cancelled' ? time.triggeredAt : null),
    lines: content.lines ?? [],
    fields: {
      email: body.email,
      orderId: body.id,
      orderName: body.name,
      ...content,
      ...placeFields(body.shipping_address),
    },
    claim: claimOf(body.customer, body.email, stamp, time.changedAt),
  };
}

interface RawContent {
  readonly currency?: string | null | undefined;
  readonly total_price?: string | null | undefined;
  readonly line_items?: readonly RawLine[] | null | undefined;
}

interface ContentClaims extends FieldClaims {
  readonly lines: Line[] | null | undefined;
}

/** Lines and total: one field each, so that a body without them leaves what is stored. */
function contentFields(body: RawContent, shopCurrency: string | null): ContentClaims {
  const { line_items: lines } = body;
  const currency = body.currency === undefined ? undefined : getCurrency(body.currency);
  return {
    currency,
    total: body.total_price,
    lines: lines === undefined || lines === null ? lines : lines.map((line) => lineOf(line, currency ?? shopCurrency)),
  };
}

interface RawAddress {
  readonly country?: string | null | undefined;
  readonly country_code?: string | null | undefined;
  readonly province?: string | null | undefined;
  readonly province_code?: string | null | undefined;
}

/** Where it ships to, as far as we may know: country and province. An address that was cleared clears all four. */
function placeFields(address: RawAddress | null | undefined): FieldClaims {
  if (address === undefined) return {};
  if (address === null) return { country: null, countryCode: null, province: null, provinceCode: null };
  return {
    country: address.country,
    countryCode: address.country_code,
    province: address.province,
    provinceCode: address.province_code,
  };
}
