import { createHash } from 'node:crypto';
import type { Cart, Line } from '../storefront/state.ts';
import type { Shop } from '../world/shops.ts';
import {
  amount,
  fullTitle,
  moneySet,
  NO_QUIRKS,
  numericId,
  wireCartToken,
  type Payload,
  type Quirks,
} from './common.ts';

function cartLine(shop: Shop, cart: Cart, line: Line, quirks: Quirks): Payload {
  const { variant, quantity } = line;
  const each = variant.priceCents;
  const total = each * quantity;
  const id = numericId(variant.id, quirks);
  const set = (cents: number): Payload => moneySet(cents, shop.currencyCode);
  return {
    id,
    properties: line.properties,
    quantity,
    variant_id: id,
    key: `${id}:${createHash('md5').update(`${cart.token}${variant.id}`).digest('hex')}`,
    discounted_price: amount(each),
    discounts: [],
    gift_card: false,
    grams: variant.grams,
    line_price: amount(total),
    original_line_price: amount(total),
    original_price: amount(each),
    price: amount(each),
    product_id: numericId(variant.product.id, quirks),
    sku: variant.sku,
    taxable: true,
    title: fullTitle(line),
    total_discount: amount(0),
    vendor: variant.product.vendor,
    discounted_price_set: set(each),
    line_price_set: set(total),
    original_line_price_set: set(total),
    price_set: set(each),
    total_discount_set: set(0),
    parent_relationship: null,
  };
}

/** carts/create and carts/update. An emptied cart keeps its token and has no lines. Times are UTC. */
export function cartPayload(shop: Shop, cart: Cart, quirks: Quirks = NO_QUIRKS): Payload {
  const token = wireCartToken(cart.token, { ...quirks, nullTokens: false });
  return {
    id: token,
    token,
    line_items: cart.lines.map((line) => cartLine(shop, cart, line, quirks)),
    note: cart.note,
    updated_at: cart.updatedAt.toISOString(),
    created_at: cart.createdAt.toISOString(),
  };
}
