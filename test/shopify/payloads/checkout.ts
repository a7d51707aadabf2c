import { linesCents, linesGrams, type Checkout, type Line } from '../storefront/state.ts';
import type { Shop } from '../world/shops.ts';
import {
  amount,
  LANDING_SITE,
  NO_QUIRKS,
  numericId,
  REFERRING_SITE,
  shopTime,
  SHIPPING_CENTS,
  taxCents,
  variantTitle,
  wireCartToken,
  type Payload,
  type Quirks,
} from './common.ts';
import { levelOneOnly } from './level-one.ts';
import { address, customerCore } from './people.ts';

interface Totals {
  readonly lines: number;
  readonly tax: number;
  readonly total: number;
}

/** Tax and shipping are known only once there is an address. */
function totalsOf(shop: Shop, checkout: Checkout): Totals {
  const lines = linesCents(checkout.lines);
  const tax = checkout.address ? taxCents(lines, shop) : 0;
  const shipping = checkout.completedAt ? SHIPPING_CENTS : 0;
  return { lines, tax, total: lines + tax + shipping };
}

function lineTax(shop: Shop, cents: number): Payload {
  return {
    price: amount(taxCents(cents, shop)),
    position: 1,
    rate: shop.taxRate,
    title: shop.taxTitle,
    source: 'Shopify',
    zone: 'province',
    jurisdiction_id: null,
    jurisdiction_type: null,
    jurisdiction_source: null,
    reporting_taxable_amount: null,
    reporting_non_taxable_amount: null,
    reporting_exempt_amount: null,
    reporting_jurisdiction_name: null,
    reporting_jurisdiction_type: null,
    reporting_jurisdiction_code: null,
    tax_api_client_id: null,
    tax_calculation_price: amount(taxCents(cents, shop)),
    tax_registration_id: null,
    compare_at: shop.taxRate,
    channel_liable: false,
  };
}

function checkoutLine(shop: Shop, checkout: Checkout, line: Line, quirks: Quirks): Payload {
  const { variant, quantity } = line;
  const total = variant.priceCents * quantity;
  return {
    applied_discounts: [],
    discount_allocations: [],
    key: String(numericId(variant.id, quirks)),
    destination_location_id: null,
    fulfillment_service: 'manual',
    gift_card: false,
    grams: variant.grams,
    origin_location_id: null,
    presentment_title: variant.product.title,
    presentment_variant_title: variantTitle(line) ?? '',
    product_id: numericId(variant.product.id, quirks),
    properties: line.properties,
    quantity,
    requires_shipping: true,
    sku: variant.sku,
    tax_lines: checkout.address ? [lineTax(shop, total)] : [],
    taxable: true,
    title: variant.product.title,
    variant_id: numericId(variant.id, quirks),
    variant_title: variantTitle(line) ?? '',
    variant_price: amount(variant.priceCents),
    vendor: variant.product.vendor,
    user_id: null,
    unit_price_measurement: {
      measured_type: null,
      quantity_value: null,
      quantity_unit: null,
      reference_value: null,
      reference_unit: null,
    },
    rank: null,
    compare_at_price: null,
    line_price: amount(total),
    price: amount(variant.priceCents),
  };
}

function shippingAddress(checkout: Checkout, quirks: Quirks): Payload {
  if (checkout.address) return { shipping_address: address(checkout.address) };
  switch (quirks.missingShippingAddress ?? 'empty-array') {
    case 'empty-array':
      return { shipping_address: [] };
    case 'null':
      return { shipping_address: null };
    case 'absent':
      return {};
  }
}

/**
 * checkouts/create and checkouts/update (2026-07 key set). Before the contact step `email` is null and `customer` and
 * `billing_address` are absent.
 */
export function checkoutPayload(shop: Shop, checkout: Checkout, quirks: Quirks = NO_QUIRKS): Payload {
  const totals = totalsOf(shop, checkout);
  const at = (time: Date): string => shopTime(time, shop.ianaTimezone);
  const payload: Payload = {
    token: checkout.token,
    cart_token: wireCartToken(checkout.cartToken, quirks),
    email: checkout.email,
    gateway: checkout.completedAt ? 'shopify_payments' : null,
    buyer_accepts_marketing: checkout.acceptsMarketing,
    created_at: at(checkout.createdAt),
    updated_at: at(checkout.updatedAt),
    landing_site: LANDING_SITE,
    note: 'Please ring twice, the bell is broken',
    note_attributes: [{ name: 'gift_message', value: 'Happy birthday from all of us' }],
    referring_site: REFERRING_SITE,
    shipping_lines: [],
    taxes_included: false,
    total_weight: linesGrams(checkout.lines),
    currency: shop.currencyCode,
    completed_at: checkout.completedAt ? at(checkout.completedAt) : null,
    closed_at: null,
    user_id: null,
    location_id: null,
    source_identifier: null,
    source_url: null,
    device_id: null,
    phone: checkout.address?.phone ?? null,
    customer_locale: checkout.locale,
    line_items: checkout.lines.map((line) => checkoutLine(shop, checkout, line, quirks)),
    name: `#${checkout.number}`,
    source: null,
    abandoned_checkout_url: `https://${shop.domain}/${shop.id}/checkouts/ac/${checkout.token}/recover?key=${checkout.recoveryKey}&locale=${checkout.locale}`,
    discount_codes: [],
    tax_lines: checkout.address
      ? [{ price: amount(totals.tax), rate: shop.taxRate, title: shop.taxTitle, channel_liable: false }]
      : [],
    source_name: 'web',
    presentment_currency: shop.currencyCode,
    buyer_accepts_sms_marketing: false,
    sms_marketing_phone: checkout.address?.phone ?? null,
    total_discounts: amount(0),
    total_line_items_price: amount(totals.lines),
    total_price: amount(totals.total),
    total_tax: amount(totals.tax),
    subtotal_price: amount(totals.lines),
    total_duties: null,
    reservation_token: null,
    ...shippingAddress(checkout, quirks),
    ...(checkout.address ? { billing_address: address(checkout.address) } : {}),
    ...(checkout.customer ? { customer: customerCore(shop, checkout.customer, checkout.updatedAt, quirks) } : {}),
  };
  return quirks.levelOneOnly ? levelOneOnly(payload) : payload;
}

/** checkouts/delete: no token; `id` is the number in the earlier `name`. */
export function checkoutDeletePayload(shop: Shop, checkout: Checkout, quirks: Quirks = NO_QUIRKS): Payload {
  const totals = totalsOf(shop, checkout);
  const payload: Payload = {
    id: numericId(checkout.number, quirks),
    presentment_currency: shop.currencyCode,
    buyer_accepts_sms_marketing: false,
    sms_marketing_phone: checkout.address?.phone ?? null,
    total_discounts: amount(0),
    total_line_items_price: amount(totals.lines),
    total_price: amount(totals.total),
    total_tax: amount(totals.tax),
    subtotal_price: amount(totals.lines),
    cart_token: wireCartToken(checkout.cartToken, quirks),
    total_duties: null,
    reservation_token: null,
  };
  return quirks.levelOneOnly ? levelOneOnly(payload) : payload;
}
