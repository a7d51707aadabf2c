import { createServer, type IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { closeServer, listen, readBody } from './http.ts';
import { includeFields, parseAppConfiguration } from './subscriptions.ts';
import { createWebhooks, signBody, type ShopEvent, type Webhooks } from './webhooks.ts';
import { createShop } from './world/shops.ts';

const CONFIGURATION = parseAppConfiguration(`
[access_scopes]
scopes = "read_orders, read_products" # the smallest set
[[webhooks.subscriptions]]
compliance_topics = ["shop/redact"]
uri = "/webhooks/compliance"
[[webhooks.subscriptions]]
name = "carts"
topics = [
  "carts/create", # a comment with "quotes"
  "carts/update",
]
uri = "https://app.example.com/webhooks/carts"
include_fields = ["token", "line_items.title"]
`);

interface Taken {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
const taken: Taken[] = [];
let answers: number[] = [];
const app = createServer((request, response) => {
  void readBody(request).then((body) => {
    taken.push({ url: request.url ?? '', headers: request.headers, body: body.toString() });
    response.writeHead(answers.shift() ?? 200).end();
  });
});
const shop = createShop({ domain: 'atelier-nord.myshopify.com', name: 'Atelier Nord' }, 1);
const event = (topic: string): ShopEvent => ({
  shop,
  topic,
  eventId: 'event-1',
  triggeredAt: new Date('2026-11-20T15:00:00.123Z'),
  payload: { token: 'hWN', note: 'private', line_items: [{ title: 'Mug', vendor: 'x' }] },
});
let origin: string;
let webhooks: Webhooks;

beforeAll(async () => {
  origin = await listen(app);
  webhooks = createWebhooks({
    secret: 'secret',
    configuration: CONFIGURATION,
    origin: () => origin,
    backOffMs: 1,
    retries: 3,
  });
});
beforeEach(() => {
  taken.length = 0;
  answers = [];
  shop.installed = true;
});
afterAll(async () => {
  webhooks.close();
  await closeServer(app);
});

describe('webhooks', () => {
  it('go where shopify.app.toml says, with the fields it asks for, signed over the bytes sent', async () => {
    const [delivery] = await webhooks.deliver(event('carts/update'));
    expect(delivery).toMatchObject({ outcome: 'delivered', attempts: 1, status: 200 });
    const [{ url, headers, body } = { url: '', headers: {}, body: '' }] = taken;
    expect(url).toBe('/webhooks/carts');
    expect(JSON.parse(body)).toEqual({ token: 'hWN', line_items: [{ title: 'Mug' }] });
    expect(headers).toMatchObject({
      'x-shopify-topic': 'carts/update',
      'x-shopify-shop-domain': 'atelier-nord.myshopify.com',
      'x-shopify-api-version': '2026-10',
      'x-shopify-event-id': 'event-1',
      'x-shopify-triggered-at': '2026-11-20T15:00:00.123000000Z',
      'x-shopify-name': 'carts',
      'x-shopify-hmac-sha256': signBody(body, 'secret'),
    });
  });

  it('are repeated with the same id until they are taken, and given up in the end', async () => {
    answers = [503, 500];
    expect((await webhooks.deliver(event('carts/create')))[0]).toMatchObject({ outcome: 'delivered', attempts: 3 });
    expect(new Set(taken.map(({ headers }) => headers['x-shopify-webhook-id'])).size).toBe(1);
    answers = [500, 500, 500, 500];
    expect((await webhooks.deliver(event('carts/create')))[0]).toMatchObject({
      outcome: 'failed',
      attempts: 4,
      status: 500,
    });
    expect(webhooks.counts(shop.domain)).toMatchObject({ failed: 1 });
  });

  it('come twice under two ids when asked to', async () => {
    await webhooks.deliver(event('carts/create'), { copies: 2 });
    expect(new Set(taken.map(({ headers }) => headers['x-shopify-webhook-id'])).size).toBe(2);
    expect(new Set(taken.map(({ headers }) => headers['x-shopify-event-id'])).size).toBe(1);
  });

  it('stay away from shops without the app, but for compliance', async () => {
    shop.installed = false;
    const outcomes = [await webhooks.deliver(event('carts/create')), await webhooks.deliver(event('shop/redact'))];
    expect(outcomes.flat().map(({ outcome }) => outcome)).toEqual(['not-installed', 'delivered']);
    expect((await webhooks.deliver({ ...event('shop/update'), shop: { ...shop, installed: true } }))[0]?.outcome).toBe(
      'not-subscribed',
    );
  });
});

describe('include_fields', () => {
  it('goes through objects and arrays, keeps nulls and empty arrays, and lets a whole object win over a part', () => {
    const body = { a: { b: 1, c: 2 }, list: [{ x: 1, y: 2 }, { y: 3 }], address: [], nothing: null, other: 1 };
    expect(includeFields(body, ['a.b', 'list.x', 'address.country', 'nothing'])).toEqual({
      a: { b: 1 },
      list: [{ x: 1 }, {}],
      address: [],
      nothing: null,
    });
    expect(includeFields(body, ['a.b', 'a'])).toEqual({ a: { b: 1, c: 2 } });
  });
  it('comes with the scopes of the same file', () => {
    expect(CONFIGURATION.scopes).toEqual(['read_orders', 'read_products']);
  });
});
