import { linesCents, linesGrams, type Line, type Order } from '../storefront/state.ts';
import type { Shop } from '../world/shops.ts';
import {
  amount,
  fullTitle,
  gid,
  LANDING_SITE,
  moneySet,
  NO_QUIRKS,
  numericId,
  REFERRING_SITE,
  SHIPPING_CENTS,
  shopTime,
  taxCents,
  variantTitle,
  wireCartToken,
  type Payload,
  type Quirks,
} from './common.ts';
import { levelOneOnly } from './level-one.ts';
import { address, customerCore } from './people.ts';

/** Ids of things inside an order follow from the order's id. */
const innerId = (order: Order, index: number): number => order.id + 9_400_000_000_000 + index;

function taxLine(shop: Shop, cents: number): Payload {
  const tax = taxCents(cents, shop);
  return {
    price: amount(tax),
    rate: shop.taxRate,
    title: shop.taxTitle,
    price_set: moneySet(tax, shop.currencyCode),
    channel_liable: false,
  };
}

function orderLine(shop: Shop, order: Order, line: Line, index: number, quirks: Quirks): Payload {
  const { variant, quantity } = line;
  const id = innerId(order, index);
  const properties = Object.entries(line.properties ?? {}).map(([name, value]) => ({ name, value }));
  return {
    id: numericId(id, quirks),
    admin_graphql_api_id: gid('LineItem', id, quirks),
    attributed_staffs: [],
    current_quantity: order.cancelledAt ? 0 : quantity,
    fulfillable_quantity: order.fulfillmentStatus ? 0 : quantity,
    fulfillment_service: 'manual',
    fulfillment_status: order.fulfillmentStatus,
    gift_card: false,
    grams: variant.grams,
    name: fullTitle(line),
    price: amount(variant.priceCents),
    price_set: moneySet(variant.priceCents, shop.currencyCode),
    product_exists: true,
    product_id: numericId(variant.product.id, quirks),
    properties,
    quantity,
    requires_shipping: true,
    sales_line_item_group_id: null,
    sku: variant.sku,
    taxable: true,
    title: variant.product.title,
    total_discount: amount(0),
    total_discount_set: moneySet(0, shop.currencyCode),
    variant_id: numericId(variant.id, quirks),
    variant_inventory_management: 'shopify',
    variant_title: variantTitle(line),
    vendor: variant.product.vendor,
    tax_lines: [taxLine(shop, variant.priceCents * quantity)],
    duties: [],
    discount_allocations: [],
  };
}

function shippingLine(shop: Shop, order: Order, quirks: Quirks): Payload {
  const set = moneySet(SHIPPING_CENTS, shop.currencyCode);
  return {
    id: numericId(innerId(order, 900), quirks),
    carrier_identifier: null,
    code: 'Standard',
    current_discounted_price_set: set,
    discounted_price: amount(SHIPPING_CENTS),
    discounted_price_set: set,
    is_removed: false,
    phone: null,
    price: amount(SHIPPING_CENTS),
    price_set: set,
    requested_fulfillment_service_id: null,
    source: 'shopify',
    title: 'Standard',
    tax_lines: [],
    discount_allocations: [],
  };
}

/** `subtotal_price` and `subtotal_price_set`, for a name and an amount. */
const both = (shop: Shop, name: string, cents: number): Payload => ({
  [name]: amount(cents),
  [`${name}_set`]: moneySet(cents, shop.currencyCode),
});

function money(shop: Shop, order: Order): Payload {
  const lines = linesCents(order.lines);
  const tax = taxCents(lines, shop);
  const total = lines + tax + SHIPPING_CENTS;
  const zero = moneySet(0, shop.currencyCode);
  const shipping = moneySet(SHIPPING_CENTS, shop.currencyCode);
  return {
    currency: shop.currencyCode,
    presentment_currency: shop.currencyCode,
    current_shipping_price_set: shipping,
    ...both(shop, 'current_subtotal_price', lines),
    current_total_additional_fees_set: null,
    ...both(shop, 'current_total_discounts', 0),
    current_total_duties_set: null,
    ...both(shop, 'current_total_price', total),
    ...both(shop, 'current_total_tax', tax),
    original_total_additional_fees_set: null,
    original_total_duties_set: null,
    ...both(shop, 'subtotal_price', lines),
    total_cash_rounding_payment_adjustment_set: zero,
    total_cash_rounding_refund_adjustment_set: zero,
    ...both(shop, 'total_discounts', 0),
    ...both(shop, 'total_line_items_price', lines),
    total_outstanding: amount(0),
    ...both(shop, 'total_price', total),
    total_shipping_price_set: shipping,
    ...both(shop, 'total_tax', tax),
    total_tip_received: amount(0),
    total_weight: linesGrams(order.lines),
    tax_lines: [taxLine(shop, lines)],
    taxes_included: false,
    tax_exempt: false,
    duties_included: false,
    estimated_taxes: false,
  };
}

/** orders/create, orders/updated and orders/cancelled: one key set (2026-07), 93 keys. */
export function orderPayload(shop: Shop, order: Order, quirks: Quirks = NO_QUIRKS): Payload {
  const at = (time: Date): string => shopTime(time, shop.ianaTimezone);
  const payload: Payload = {
    ...money(shop, order),
    id: numericId(order.id, quirks),
    admin_graphql_api_id: gid('Order', order.id, quirks),
    app_id: 580111,
    browser_ip: order.ip,
    buyer_accepts_marketing: false,
    cancel_reason: order.cancelReason,
    cancelled_at: order.cancelledAt ? at(order.cancelledAt) : null,
    cart_token: wireCartToken(order.cartToken, quirks),
    checkout_token: quirks.nullTokens ? null : order.checkoutToken,
    client_details: {
      accept_language: order.locale,
      browser_height: null,
      browser_ip: order.ip,
      browser_width: null,
      session_hash: null,
      user_agent: 'Mozilla/5.0 (a made-up browser)',
    },
    closed_at: order.cancelledAt ? at(order.cancelledAt) : null,
    confirmation_number: order.confirmation,
    confirmed: true,
    contact_email: order.email,
    created_at: at(order.createdAt),
    customer_locale: order.locale,
    device_id: null,
    discount_codes: [],
    email: order.email,
    financial_status: order.financialStatus,
    fulfillment_status: order.fulfillmentStatus,
    landing_site: LANDING_SITE,
    landing_site_ref: null,
    location_id: null,
    merchant_business_entity_id: `MTU0ODM4${shop.id}`,
    merchant_of_record_app_id: null,
    name: `#${order.number}`,
    note: 'Leave it with the baker downstairs',
    note_attributes: [{ name: 'gift_message', value: 'Happy birthday from all of us' }],
    number: order.number - 1000,
    order_number: order.number,
    order_status_url: `https://${shop.domain}/${shop.id}/orders/${order.token}/authenticate?key=${order.token.slice(0, 16)}`,
    payment_gateway_names: ['shopify_payments'],
    phone: order.address.phone,
    po_number: null,
    processed_at: at(order.createdAt),
    reference: null,
    referring_site: REFERRING_SITE,
    source_identifier: null,
    source_name: 'web',
    source_url: null,
    tags: '',
    test: false,
    token: order.token,
    updated_at: at(order.updatedAt),
    user_id: null,
    billing_address: address(order.address),
    customer: customerCore(shop, order.customer, order.createdAt, quirks),
    discount_applications: [],
    fulfillments: [],
    line_items: order.lines.map((line, index) => orderLine(shop, order, line, index, quirks)),
    payment_terms: null,
    refunds: [],
    shipping_address: address(order.address),
    shipping_lines: [shippingLine(shop, order, quirks)],
    returns: [],
    line_item_groups: [],
  };
  return quirks.levelOneOnly ? levelOneOnly(payload) : payload;
}
