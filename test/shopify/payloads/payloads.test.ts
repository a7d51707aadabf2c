import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { Shopper } from '../storefront/shopper.ts';
import { createShop } from '../world/shops.ts';
import {
  customerDeletePayload,
  customerPayload,
  customerRedactPayload,
  dataRequestPayload,
  scopesPayload,
  shopPayload,
  shopRedactPayload,
  toJson,
  type Payload,
  type Quirks,
} from './index.ts';
import * as expected from './keys.ts';

const shop = createShop({ domain: 'atelier-nord.myshopify.com', name: 'Atelier Nord' }, 1);
const now = new Date('2026-11-20T15:00:00Z');
const keysOf = (value: unknown): string[] => Object.keys(value as object).sort();
const inside = (value: unknown, ...path: (string | number)[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], value);

/** Bodies of one purchase, by topic (the last of each). */
async function purchase(quirks: Quirks = {}): Promise<Map<string, Payload>> {
  const bodies = new Map<string, Payload>();
  const happened = (topic: string, payload: Payload): Promise<void> => {
    bodies.set(topic, payload);
    return Promise.resolve();
  };
  const shopper = new Shopper({ shop, quirks, happened, random: createRandom(7), now: () => now });
  await shopper.addToCart({ product: 'clay-mug', quantity: 2 });
  shopper.logIn();
  await shopper.startCheckout();
  await shopper.pay();
  await shopper.receiveParcel();
  await shopper.cancelOrder();
  await shopper.loseCheckout();
  return bodies;
}

describe('payloads', () => {
  it('have the keys of the published reference', async () => {
    const bodies = await purchase();
    const of = (topic: string, ...path: (string | number)[]): string[] => keysOf(inside(bodies.get(topic), ...path));
    const customer = shop.customers[0];
    if (!customer) throw new Error('The shop has no customers');

    expect(of('carts/create')).toEqual(expected.CART);
    expect(of('carts/create', 'line_items', 0)).toEqual(expected.CART_LINE);
    expect(of('checkouts/update')).toEqual(expected.CHECKOUT);
    expect(of('checkouts/update', 'line_items', 0)).toEqual(expected.CHECKOUT_LINE);
    expect(of('checkouts/update', 'line_items', 0, 'tax_lines', 0)).toEqual(expected.CHECKOUT_LINE_TAX);
    expect(of('checkouts/update', 'shipping_address')).toEqual(expected.ADDRESS);
    expect(of('checkouts/update', 'customer')).toEqual(expected.CHECKOUT_CUSTOMER);
    expect(of('checkouts/delete')).toEqual(expected.CHECKOUT_DELETED);
    for (const topic of ['orders/create', 'orders/updated', 'orders/cancelled'])
      expect(of(topic)).toEqual(expected.ORDER);
    expect(of('orders/create', 'line_items', 0)).toEqual(expected.ORDER_LINE);
    expect(of('orders/create', 'shipping_lines', 0)).toEqual(expected.SHIPPING_LINE);
    expect(of('orders/create', 'client_details')).toEqual(expected.CLIENT_DETAILS);
    expect(of('orders/create', 'customer', 'default_address')).toEqual(expected.CUSTOMER_ADDRESS);
    expect(keysOf(customerPayload(shop, customer, now))).toEqual(expected.CUSTOMER);
    expect(keysOf(customerDeletePayload(customer))).toEqual(expected.CUSTOMER_DELETED);
    expect(keysOf(shopPayload(shop, now))).toEqual(expected.SHOP);
    expect(keysOf(scopesPayload(shop, [], [], now))).toEqual(expected.SCOPES_UPDATE);
    expect(keysOf(dataRequestPayload(shop, customer, [1], 1))).toEqual(expected.DATA_REQUEST);
    expect(keysOf(customerRedactPayload(shop, customer, [1]))).toEqual(expected.CUSTOMER_REDACT);
    expect(keysOf(shopRedactPayload(shop))).toEqual(expected.SHOP_REDACT);
  });

  it('lose keys, not values, when only Level 1 was approved, and keep what the app must drop itself', async () => {
    const bodies = await purchase({ levelOneOnly: true });
    const order = bodies.get('orders/create');
    expect(keysOf(bodies.get('checkouts/update'))).toEqual(expected.LEVEL_ONE_CHECKOUT);
    expect(keysOf(order)).toEqual(expected.LEVEL_ONE_ORDER);
    expect(keysOf(inside(order, 'shipping_address'))).toEqual(expected.LEVEL_ONE_ADDRESS);
    expect(keysOf(inside(order, 'customer'))).toEqual(expected.LEVEL_ONE_CUSTOMER);
    expect(keysOf(inside(order, 'customer', 'default_address'))).toEqual(expected.LEVEL_ONE_CUSTOMER_ADDRESS);
    expect(order?.['browser_ip']).toMatch(/^203\.0\.113\./);
  });

  it('carry null tokens, keyed cart tokens and ids above 2^53 on request', async () => {
    expect((await purchase({ nullTokens: true })).get('orders/create')).toMatchObject({
      cart_token: null,
      checkout_token: null,
    });
    expect((await purchase({ keyedCartToken: true })).get('carts/create')?.['token']).toMatch(/^hWN\w{21}\?key=/);
    const text = toJson((await purchase({ bigIds: true })).get('orders/create'));
    const digits = /"id":(\d+),"admin_graphql_api_id":"gid:\/\/shopify\/Order\/(\d+)"/.exec(text);
    expect(digits?.[1]).toBe(digits?.[2]);
    expect(BigInt(digits?.[1] ?? 0)).toBeGreaterThan(2n ** 53n);
  });
});
