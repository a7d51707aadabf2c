import { checkoutPayload } from '#test/shopify/payloads/checkout.ts';
import { orderPayload } from '#test/shopify/payloads/order.ts';
import type { Checkout, Line, Order } from '#test/shopify/storefront/state.ts';
import { createCustomers, type Customer } from '#test/shopify/world/customers.ts';
import type { Shop } from '#test/shopify/world/shops.ts';

/** A cart that is being paid for; `number` makes its shopper and its order different from every other's. */
export interface Purchase {
  readonly shop: Shop;
  readonly lines: readonly Line[];
  readonly number: number;
  readonly cartToken: string;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
}

interface PurchaseWebhook {
  readonly topic: string;
  readonly path: string;
  readonly body: string;
}

const models = createCustomers(1);

/** A person of their own for every purchase. */
export function shopperOf(number: number): Customer {
  const model = models[number % models.length];
  if (model === undefined) throw new RangeError('There are no customers');
  return {
    ...model,
    id: 7_300_000_000_000 + number,
    gid: `gid://shopify/Customer/${String(7_300_000_000_000 + number)}`,
    email: `${String(number)}.${model.email}`,
    lastName: `${model.lastName} ${number.toString(36)}`,
  };
}

export function checkoutWebhook(purchase: Purchase): PurchaseWebhook {
  const { shop, lines, number, cartToken, createdAtMs, changedAtMs } = purchase;
  const checkout: Checkout = {
    token: `checkout${cartToken}`,
    number,
    cartToken,
    recoveryKey: 'benchmark',
    lines,
    createdAt: new Date(createdAtMs),
    updatedAt: new Date(changedAtMs),
    completedAt: null,
    email: shopperOf(number).email,
    customer: shopperOf(number),
    ...whereabouts(number),
  };
  const body = JSON.stringify(checkoutPayload(shop, checkout));
  return { topic: 'checkouts/create', path: '/webhooks/checkouts', body };
}

export function orderWebhook(purchase: Purchase): PurchaseWebhook {
  const { shop, lines, number, cartToken, changedAtMs } = purchase;
  const customer = shopperOf(number);
  const order: Order = {
    id: 5_500_000_000_000 + number,
    number: 1_000 + number,
    token: `order${cartToken}`,
    confirmation: 'BENCHMARK',
    cartToken,
    checkoutToken: `checkout${cartToken}`,
    lines,
    createdAt: new Date(changedAtMs),
    updatedAt: new Date(changedAtMs),
    email: customer.email,
    customer,
    ip: customer.ip,
    financialStatus: 'paid',
    fulfillmentStatus: null,
    cancelledAt: null,
    cancelReason: null,
    ...whereabouts(number),
  };
  return { topic: 'orders/create', path: '/webhooks/orders', body: JSON.stringify(orderPayload(shop, order)) };
}

function whereabouts(number: number) {
  const { firstName, lastName, street, phone, place } = shopperOf(number);
  return { address: { firstName, lastName, street, phone, place }, locale: 'en', acceptsMarketing: false };
}
