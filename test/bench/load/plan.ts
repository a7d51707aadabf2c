import { createHmac } from 'node:crypto';

import { checkoutWebhook, orderWebhook } from '#test/bench/load/purchase.ts';
import { cartPayload } from '#test/shopify/payloads/cart.ts';
import type { Line } from '#test/shopify/storefront/state.ts';
import { createShop, type Shop } from '#test/shopify/world/shops.ts';

/** Which webhooks a load consists of. Plain data: generator and oracle compute the same webhooks from it, apart. */
export interface LoadPlan {
  /** Short; makes tokens and ids of this load different from every other's. */
  readonly name: string;
  readonly shopCount: number;
  /** States each cart goes through, one webhook each. */
  readonly updatesPerCart: number;
  /** When "now" is, in milliseconds since 1970. */
  readonly baseMs: number;
  /** Share of carts that belong to the first shop; without it every shop has as many. */
  readonly hotShare?: number;
  /** Every n-th webhook is sent a second time. */
  readonly duplicateEvery?: number;
  readonly isShuffled?: boolean;
  /**
   * Share of carts that are paid for: their last update but one is a checkout with a customer, their last an order.
   * Needs three updates for each cart.
   */
  readonly boughtShare?: number;
  /** Added to a cart's number for its shopper and order, so that loads one after the other are of different people. */
  readonly firstShopper?: number;
}

/** What a webhook says of its cart. */
export interface PlannedState {
  readonly domain: string;
  readonly token: string;
  readonly changedAtMs: number;
  readonly itemCount: number;
  readonly lineCount: number;
  readonly valueMinor: number;
}

export const BENCH_SECRET = 'benchmark-secret-0123456789';
const TOKEN_DIGITS = 12;
const PERCENT = 100;

export function domainOf(shop: number): string {
  return `bench-${String(shop)}.myshopify.com`;
}

interface StockedShop {
  readonly shop: Shop;
  readonly variants: readonly Line['variant'][];
}

const shops = new Map<number, StockedShop>();

function shopNumber(number: number): StockedShop {
  let stocked = shops.get(number);
  if (stocked === undefined) {
    const seed = { domain: domainOf(number), name: `Bench ${String(number)}`, currencyCode: 'CAD' };
    const shop = createShop(seed, number + 1);
    stocked = { shop, variants: shop.products.flatMap((product) => product.variants) };
    shops.set(number, stocked);
  }
  return stocked;
}

/** The shop of a cart, by number. */
export function shopOf(plan: LoadPlan, cart: number): number {
  if (plan.hotShare === undefined) return cart % plan.shopCount;
  if (cart % PERCENT < plan.hotShare * PERCENT) return 0;
  return 1 + (Math.floor(cart / PERCENT) % (plan.shopCount - 1));
}

function contentOf(plan: LoadPlan, event: number) {
  const cart = Math.floor(event / plan.updatesPerCart);
  const version = event % plan.updatesPerCart;
  const { shop, variants } = shopNumber(shopOf(plan, cart));
  const lines = [0, 1].flatMap((at): Line[] => {
    const variant = variants[(cart * 7 + at * 3) % variants.length];
    return variant === undefined ? [] : [{ variant, quantity: 1 + ((version + at + cart) % 5), properties: null }];
  });
  const token = `${plan.name}${cart.toString(36).padStart(TOKEN_DIGITS, '0')}benchmarkcart`;
  // Back by the hour, so that no state lies in the future; apart by the millisecond, so that carts can be told apart.
  const createdAtMs = plan.baseMs - 3_600_000 + (cart % 3_000_000);
  return { shop, lines, token, createdAtMs, changedAtMs: createdAtMs + (version + 1) * 1000 };
}

/** What event number `event` of the plan says. */
export function stateOf(plan: LoadPlan, event: number): PlannedState {
  const { shop, lines, token, changedAtMs } = contentOf(plan, event);
  return {
    domain: shop.domain,
    token,
    changedAtMs,
    itemCount: lines.reduce((sum, line) => sum + line.quantity, 0),
    lineCount: lines.length,
    valueMinor: lines.reduce((sum, line) => sum + line.quantity * line.variant.priceCents, 0),
  };
}

/** A webhook as Shopify would send it: all fields, as without `include_fields`. */
export interface PlannedWebhook {
  readonly topic: string;
  readonly path: string;
  readonly domain: string;
  readonly body: string;
}

export function webhookOf(plan: LoadPlan, event: number): PlannedWebhook {
  const { shop, lines, token, createdAtMs, changedAtMs } = contentOf(plan, event);
  const cart = Math.floor(event / plan.updatesPerCart);
  const step = event % plan.updatesPerCart;
  const isBought = (cart * 37) % PERCENT < (plan.boughtShare ?? 0) * PERCENT;
  const purchase = { shop, lines, number: cart + (plan.firstShopper ?? 0), cartToken: token, createdAtMs, changedAtMs };
  if (isBought && step === plan.updatesPerCart - 2) return { domain: shop.domain, ...checkoutWebhook(purchase) };
  if (isBought && step === plan.updatesPerCart - 1) return { domain: shop.domain, ...orderWebhook(purchase) };
  const times = { createdAt: new Date(createdAtMs), updatedAt: new Date(changedAtMs) };
  const body = JSON.stringify(cartPayload(shop, { token, lines, note: null, ...times }));
  return { topic: step === 0 ? 'carts/create' : 'carts/update', path: '/webhooks/carts', domain: shop.domain, body };
}

export function bodyOf(plan: LoadPlan, event: number): string {
  return webhookOf(plan, event).body;
}

/** The event's request as it goes over the wire, signed. */
export function requestOf(plan: LoadPlan, event: number): Buffer {
  const { topic, path, domain, body: text } = webhookOf(plan, event);
  const body = Buffer.from(text);
  const mark = Buffer.from(plan.name).toString('hex').padStart(12, '0').slice(-12);
  const id = `${event.toString(16).padStart(8, '0')}-0000-4000-8000-${mark}`;
  const head = [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    'content-type: application/json',
    'accept: */*',
    'user-agent: Shopify-Captain-Hook',
    `content-length: ${String(body.length)}`,
    `x-shopify-topic: ${topic}`,
    `x-shopify-hmac-sha256: ${createHmac('sha256', BENCH_SECRET).update(body).digest('base64')}`,
    `x-shopify-shop-domain: ${domain}`,
    'x-shopify-api-version: 2026-10',
    `x-shopify-webhook-id: ${id}`,
    `x-shopify-event-id: ${id}`,
    `x-shopify-triggered-at: ${new Date(plan.baseMs).toISOString()}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}

/** The order in which the first `count` events are sent, with the plan's repetitions. */
export function sequenceOf(plan: LoadPlan, count: number): Uint32Array {
  const events: number[] = [];
  for (let event = 0; event < count; event += 1) {
    events.push(event);
    if (plan.duplicateEvery !== undefined && event % plan.duplicateEvery === 0) events.push(event);
  }
  if (plan.isShuffled === true) shuffle(events);
  return Uint32Array.from(events);
}

/** The same disorder at every run (a linear congruential generator, Numerical Recipes' constants). */
function shuffle(items: number[]): void {
  let state = 1;
  for (let last = items.length - 1; last > 0; last -= 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = state % (last + 1);
    [items[last], items[other]] = [items[other] ?? 0, items[last] ?? 0];
  }
}
