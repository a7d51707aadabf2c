import {
  columnsOf,
  type FieldEntry,
  from,
  HEADER,
  OURS,
  sealed,
  type TableDefaults,
} from '#app/privacy/registry/entry.ts';
import type { ModelEntry } from '#app/privacy/registry/models.ts';
import { CARTS, CHECKOUTS, ORDERS, PURCHASES } from '#app/privacy/registry/topic-groups.ts';
import type { Topic } from '#app/shopify/topics.ts';

/** Carts, the states they went through, checkouts and orders. */

const defaultsOf = (retention: 'cart' | 'checkout' | 'order') =>
  ({
    retention,
    erase: { how: 'delete-row' },
    basis: 'merchant-instruction',
    purposes: ['customer-service', 'cart-activity'],
  }) as const satisfies TableDefaults;

const link = { purposes: ['customer-link'] } as const;
const place = { purposes: ['order-geography', 'customer-service'] } as const;

const carts = defaultsOf('cart');
const ofCart = columnsOf(carts);

export const cartsTable: ModelEntry<'Cart'> = {
  ...carts,
  table: 'app.carts',
  rowsOf: { kind: 'cart', columns: ['id'] },
  links: { person_id: 'person' },
  about:
    'A cart as it stands now: whose, since when, how many items, worth what. What is in it is sealed in its states.',
  columns: {
    shopId: ofCart.technical(OURS('the shop')),
    id: ofCart.handle(OURS('random id')),
    tokenRef: ofCart.handle([...from(CARTS, 'token'), ...from([...PURCHASES, 'checkouts/delete'], 'cart_token')], link),
    personId: ofCart.handle(OURS('the person, through checkout or order'), link),
    personEvidence: ofCart.trace(OURS('how the person is known'), link),
    startedAt: ofCart.trace(from([...CARTS, ...PURCHASES], 'created_at')),
    lastChangedAt: ofCart.trace(from([...CARTS, ...PURCHASES], 'updated_at')),
    contentChangedAt: ofCart.trace(from([...CARTS, ...PURCHASES], 'updated_at')),
    contentOrigin: ofCart.technical(OURS('which kind of webhook the contents are from')),
    itemCount: ofCart.trace(from([...CARTS, ...PURCHASES], 'line_items.quantity')),
    lineCount: ofCart.trace(OURS('number of lines')),
    valueMinor: ofCart.trace(from([...CARTS, ...CHECKOUTS], 'line_items.line_price')),
    currency: ofCart.trace([
      ...from(CARTS, 'line_items.price_set.shop_money.currency_code'),
      ...from(CARTS, 'line_items.line_price_set.shop_money.currency_code'),
      ...from(PURCHASES, 'currency'),
    ]),
    checkoutAt: ofCart.trace(from(CHECKOUTS, 'created_at')),
    checkoutDeletedAt: ofCart.trace(HEADER('X-Shopify-Triggered-At of checkouts/delete')),
    orderedAt: ofCart.trace(from(ORDERS, 'created_at')),
    countryToken: ofCart.handle(from(PURCHASES, 'shipping_address.country_code'), place),
    provinceToken: ofCart.handle(from(PURCHASES, 'shipping_address.province_code'), place),
  },
};

/** What a line says, for the topics that have it. */
function linesOf(
  of: ReturnType<typeof columnsOf>,
  topics: readonly Topic[],
  prices: { readonly unit: FieldEntry; readonly line: FieldEntry; readonly variantTitle: FieldEntry },
) {
  return {
    'lines.variantId': of.personal(from(topics, 'line_items.variant_id'), 1),
    'lines.productId': of.personal(from(topics, 'line_items.product_id'), 1),
    'lines.title': of.personal(from(topics, 'line_items.title'), 1),
    'lines.variantTitle': prices.variantTitle,
    'lines.quantity': of.personal(from(topics, 'line_items.quantity'), 1),
    'lines.unitMinor': prices.unit,
    'lines.lineMinor': prices.line,
  };
}

export const cartStates: ModelEntry<'CartState'> = {
  ...carts,
  table: 'app.cart_states',
  rowsOf: { kind: 'cart', columns: ['cart_id'] },
  about: 'Every distinct state a cart went through.',
  columns: {
    shopId: ofCart.technical(OURS('the shop')),
    cartId: ofCart.handle(OURS('the cart')),
    changedAt: ofCart.trace(from(CARTS, 'updated_at')),
    triggeredAt: ofCart.trace(HEADER('X-Shopify-Triggered-At')),
    digest: ofCart.handle(OURS('keyed digest of the projected body')),
    receivedAt: ofCart.trace(OURS('clock')),
    itemCount: ofCart.trace(from(CARTS, 'line_items.quantity')),
    lineCount: ofCart.trace(OURS('number of lines')),
    valueMinor: ofCart.trace(from(CARTS, 'line_items.line_price', 'line_items.line_price_set.shop_money.amount')),
    currency: ofCart.trace(from(CARTS, 'line_items.price_set.shop_money.currency_code')),
    sealed: sealed(
      'cart',
      linesOf(ofCart, CARTS, {
        variantTitle: ofCart.technical(OURS('carts do not say it; always null here')),
        unit: ofCart.personal(from(CARTS, 'line_items.price', 'line_items.price_set.shop_money.amount'), 1),
        line: ofCart.personal(from(CARTS, 'line_items.line_price', 'line_items.line_price_set.shop_money.amount'), 1),
      }),
    ),
  },
};

/** What a checkout and an order have alike inside their seal. */
function purchaseContents(of: ReturnType<typeof columnsOf>, topics: readonly Topic[], lineMinor: FieldEntry) {
  return {
    email: of.personal(from(topics, 'email'), 2, { purposes: ['customer-link', 'customer-service'] }),
    country: of.personal(from(topics, 'shipping_address.country'), 1, place),
    countryCode: of.personal(from(topics, 'shipping_address.country_code'), 1, place),
    province: of.personal(from(topics, 'shipping_address.province'), 1, place),
    provinceCode: of.personal(from(topics, 'shipping_address.province_code'), 1, place),
    ...linesOf(of, topics, {
      variantTitle: of.personal(from(topics, 'line_items.variant_title'), 1),
      unit: of.personal(from(topics, 'line_items.price'), 1),
      line: lineMinor,
    }),
    total: of.personal(from(topics, 'total_price'), 1),
    currency: of.personal(from(topics, 'currency'), 1),
    cartRef: of.handle(from(topics, 'cart_token'), link),
    stamps: of.technical(from(topics, 'updated_at')),
  };
}

const checkouts = defaultsOf('checkout');
const ofCheckout = columnsOf(checkouts);

export const checkoutsTable: ModelEntry<'Checkout'> = {
  ...checkouts,
  table: 'app.checkouts',
  rowsOf: { kind: 'checkout', columns: ['id'] },
  links: { cart_id: 'cart', person_id: 'person' },
  about: 'A checkout: of which cart, by whom, to which country and province.',
  columns: {
    shopId: ofCheckout.technical(OURS('the shop')),
    id: ofCheckout.handle(OURS('random id')),
    tokenRef: ofCheckout.handle(from(CHECKOUTS, 'token'), link),
    cartId: ofCheckout.handle(from(CHECKOUTS, 'cart_token'), link),
    personId: ofCheckout.handle(OURS('the person'), link),
    startedAt: ofCheckout.trace(from(CHECKOUTS, 'created_at')),
    changedAt: ofCheckout.trace(from(CHECKOUTS, 'updated_at')),
    personEvidence: ofCheckout.trace(OURS('how the person is known'), link),
    completedAt: ofCheckout.trace(from(CHECKOUTS, 'completed_at')),
    itemCount: ofCheckout.trace(from(CHECKOUTS, 'line_items.quantity')),
    lineCount: ofCheckout.trace(OURS('number of lines')),
    countryToken: ofCheckout.handle(from(CHECKOUTS, 'shipping_address.country_code'), place),
    provinceToken: ofCheckout.handle(from(CHECKOUTS, 'shipping_address.province_code'), place),
    valueMinor: ofCheckout.trace(from(CHECKOUTS, 'total_price')),
    currency: ofCheckout.trace(from(CHECKOUTS, 'currency')),
    sealed: sealed(
      'checkout',
      purchaseContents(ofCheckout, CHECKOUTS, ofCheckout.personal(from(CHECKOUTS, 'line_items.line_price'), 1)),
    ),
  },
};

const orders = defaultsOf('order');
const ofOrder = columnsOf(orders);

export const ordersTable: ModelEntry<'Order'> = {
  ...orders,
  table: 'app.orders',
  rowsOf: { kind: 'order', columns: ['id'] },
  links: { cart_id: 'cart', person_id: 'person' },
  about: 'An order: what became of a cart, and where it goes.',
  columns: {
    shopId: ofOrder.technical(OURS('the shop')),
    id: ofOrder.handle(OURS('random id')),
    orderRef: ofOrder.handle(from(ORDERS, 'id', 'admin_graphql_api_id'), link),
    checkoutRef: ofOrder.handle(from(ORDERS, 'checkout_token'), link),
    cartId: ofOrder.handle(from(ORDERS, 'cart_token'), link),
    cartEvidence: ofOrder.trace(OURS('how the cart is known'), link),
    personId: ofOrder.handle(OURS('the person'), link),
    personEvidence: ofOrder.trace(OURS('how the person is known'), link),
    orderedAt: ofOrder.trace(from(ORDERS, 'created_at')),
    changedAt: ofOrder.trace(from(ORDERS, 'updated_at')),
    cancelledAt: ofOrder.trace(from(ORDERS, 'cancelled_at')),
    itemCount: ofOrder.trace(from(ORDERS, 'line_items.quantity')),
    lineCount: ofOrder.trace(OURS('number of lines')),
    countryToken: ofOrder.handle(from(ORDERS, 'shipping_address.country_code'), place),
    provinceToken: ofOrder.handle(from(ORDERS, 'shipping_address.province_code'), place),
    valueMinor: ofOrder.trace(from(ORDERS, 'total_price')),
    currency: ofOrder.trace(from(ORDERS, 'currency')),
    sealed: sealed('order', {
      ...purchaseContents(ofOrder, ORDERS, ofOrder.trace(OURS('quantity times unit price: orders do not say it'))),
      orderId: ofOrder.personal(from(ORDERS, 'id', 'admin_graphql_api_id'), 1),
      orderName: ofOrder.personal(from(ORDERS, 'name'), 1),
      checkoutRef: ofOrder.handle(from(ORDERS, 'checkout_token'), link),
    }),
  },
};
