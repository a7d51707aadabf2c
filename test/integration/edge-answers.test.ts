/** What the edge answers to everything that comes in, and what it keeps of it. */
import { request } from 'node:http';
import { connect } from 'node:net';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { Outcome } from '#app/ingest/edge/counters.ts';
import { ALL_TOPICS, TOPICS } from '#app/shopify/topics.ts';
import { type IngestWorld, openIngestWorld, signatureOf, type TestWebhook } from '#test/support/ingest-world.ts';

const SHOP = 'answers.myshopify.com';
const cart = (token = 'tok-1', more: object = {}) =>
  JSON.stringify({ token, line_items: [], updated_at: '2026-11-20T10:00:00Z', ...more });

let world: IngestWorld;
let shopId: string;

beforeAll(async () => {
  world = await openIngestWorld();
  shopId = await world.addShop(SHOP);
});
afterAll(() => world.close());
beforeEach(() => world.superuser('TRUNCATE inbox.events, app.privacy_requests CASCADE'));

const valid: TestWebhook = { shop: SHOP, topic: 'carts/update', body: cart() };
const rows = () =>
  world.superuser<{ topic: number; sealed: Buffer | null; pending: boolean; shop_id: string; day: Date }>(
    'SELECT topic, sealed, pending, shop_id, day, day_from_receipt, failure_code FROM inbox.events',
  );

describe('a valid webhook of an onboarded shop', () => {
  it('is stored once however often it comes, under whatever webhook id', async () => {
    const triggeredAt = new Date();
    for (const webhookId of ['a-1', 'a-1', 'a-2']) {
      expect(await world.post({ ...valid, triggeredAt, webhookId })).toBe(200);
    }
    expect(await rows()).toHaveLength(1);
  });

  it('is sealed, and holds nothing that we may not keep', async () => {
    const body = cart('tok-secret', {
      note: 'ring twice',
      line_items: [line('Clay Mug')],
      attributes: { gift: 'yes' },
    });
    expect(await world.post({ ...valid, body })).toBe(200);
    const [row] = await rows();
    expect(row?.sealed).not.toBeNull();
    for (const word of ['tok-secret', 'Clay Mug', 'ring twice', 'gift']) {
      expect(row?.sealed?.includes(word)).toBe(false);
    }
  });

  it('lies on the day of its trigger, or of its receipt when that is not to be believed', async () => {
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
    expect(await world.post({ ...valid, body: cart('d-1'), triggeredAt: hoursAgo(30) })).toBe(200);
    expect(await world.post({ ...valid, body: cart('d-2'), triggeredAt: hoursAgo(60) })).toBe(200);
    expect(await world.post({ ...valid, body: cart('d-3'), triggeredAt: hoursAgo(-1) })).toBe(200);
    expect(await world.post({ ...valid, body: cart('d-4'), triggeredAt: null })).toBe(200);
    const days = await world.superuser<{ day: string; day_from_receipt: boolean }>(
      `SELECT day::text, day_from_receipt FROM inbox.events ORDER BY day`,
    );
    const today = new Date().toISOString().slice(0, 10);
    expect(days).toEqual([
      { day: hoursAgo(30).toISOString().slice(0, 10), day_from_receipt: false },
      ...Array.from({ length: 3 }, () => ({ day: today, day_from_receipt: true })),
    ]);
  });
});

describe('odd, but signed by Shopify', () => {
  it.each([
    ['trigger time of the year 1', { headers: { 'x-shopify-triggered-at': '0001-01-01T00:00:00Z' } }],
    ['trigger time of the year 9999', { headers: { 'x-shopify-triggered-at': '9999-12-31T00:00:00Z' } }],
    ['trigger time that is none', { headers: { 'x-shopify-triggered-at': 'yesterday' } }],
    ['a cart whose lines are null', { body: cart('t-null', { line_items: null }) }],
    ['a cart whose lines are left out', { body: cart('t-none', { line_items: undefined }) }],
    ['a version that is not said', { headers: { 'x-shopify-api-version': undefined } }],
    ['a very long token', { body: cart('t'.repeat(5_000)) }],
    ['a negative quantity', { body: cart('n', { line_items: [{ quantity: -1, title: 'x' }] }) }],
    [
      'a customer that is an empty list',
      { topic: 'checkouts/create', body: JSON.stringify({ token: 'c', customer: [] }) },
    ],
    ['a merge that failed', { topic: 'customers/merge', body: JSON.stringify({ status: 'failed' }) }],
  ] satisfies [string, Partial<TestWebhook>][])('%s is stored', async (_, change) => {
    expect(await world.post({ ...valid, ...change })).toBe(200);
    expect(await rows()).toMatchObject([{ pending: true }]);
  });
});

describe('refused, and nothing stored', () => {
  const refusals: [string, number, Outcome, Partial<TestWebhook>][] = [
    ['signature missing', 401, 'signature', { signature: null }],
    ['signature empty', 401, 'signature', { signature: '' }],
    ['signature wrong', 401, 'signature', { signature: signatureOf(cart(), 'another secret') }],
    ['signature of another body', 401, 'signature', { signature: signatureOf(cart('tok-2')) }],
    ['signature cut short', 401, 'signature', { signature: signatureOf(cart()).slice(0, 20) }],
    ['signature with something behind it', 401, 'signature', { signature: `${signatureOf(cart())}AAAA` }],
    [
      'topic header missing',
      400,
      'header-missing',
      { headers: { 'x-shopify-topic': undefined }, path: '/webhooks/carts' },
    ],
    ['shop header missing', 400, 'header-missing', { headers: { 'x-shopify-shop-domain': undefined } }],
    ['webhook id missing', 400, 'header-missing', { headers: { 'x-shopify-webhook-id': undefined } }],
    [
      'shop header missing, and a body that names none',
      400,
      'header-missing',
      {
        topic: 'app/uninstalled',
        body: '{"myshopify_domain":null}',
        headers: { 'x-shopify-shop-domain': undefined },
      },
    ],
    [
      'shop header missing, and a body that names something else',
      400,
      'header-missing',
      { topic: 'shop/redact', body: '{"shop_domain":"evil.example"}', headers: { 'x-shopify-shop-domain': undefined } },
    ],
    ['shop of another host', 400, 'header-malformed', { shop: 'answers.myshopify.com.evil.example' }],
    ['shop behind another', 400, 'header-malformed', { shop: `evil.example/${SHOP}` }],
    ['topic of another path', 400, 'topic-not-of-path', { topic: 'carts/update', path: '/webhooks/orders' }],
    ['topic nobody asked for', 400, 'topic-unknown', { topic: 'products/update', path: '/webhooks/carts' }],
    ['topic named like a method of objects', 400, 'topic-unknown', { topic: 'constructor', path: '/webhooks/carts' }],
    ['not JSON', 400, 'not-json', { body: '{"token":' }],
    ['JSON in another encoding', 400, 'not-json', { body: Buffer.from(cart('caf\u00e9'), 'latin1') }],
    ['no body', 400, 'not-json', { body: '' }],
    ['null', 400, 'wrong-shape', { body: 'null' }],
    ['a list', 400, 'wrong-shape', { body: '[]' }],
    ['no token', 400, 'wrong-shape', { body: JSON.stringify({ line_items: [] }) }],
    ['lines of the wrong shape', 400, 'wrong-shape', { body: cart('t', { line_items: { 0: {} } }) }],
    ['deeply nested', 400, 'wrong-shape', { body: `${'['.repeat(50_000)}${']'.repeat(50_000)}` }],
    [
      'deeply nested, with a long number',
      400,
      'not-json',
      { body: `${'['.repeat(50_000)}${'1'.repeat(20)}${']'.repeat(50_000)}` },
    ],
    [
      'a body that names another shop',
      400,
      'other-shop',
      { topic: 'shop/update', body: JSON.stringify({ myshopify_domain: 'other.myshopify.com' }) },
    ],
    ...(['shop/redact', 'customers/redact', 'customers/data_request'] as const).map(
      (topic): [string, number, Outcome, Partial<TestWebhook>] => [
        `${topic} that names another shop`,
        400,
        'other-shop',
        { topic, body: JSON.stringify({ shop_domain: 'other.myshopify.com' }) },
      ],
    ),
  ];

  it.each(refusals)('%s → %i, counted as %s', async (_, status, reason, change) => {
    const before = world.edge.counters.get(reason);
    expect(await world.post({ ...valid, ...change })).toBe(status);
    expect(world.edge.counters.get(reason)).toBe(before + 1);
    expect(await rows()).toEqual([]);
  });

  it.each(ALL_TOPICS)('%s without a signature, or with a wrong one → 401', async (topic) => {
    const body = JSON.stringify({ shop_domain: SHOP });
    for (const signature of [null, '', 'AAAA', signatureOf(body, 'another secret'), signatureOf(`${body} `)]) {
      const path = TOPICS[topic].path;
      expect(await world.post({ shop: SHOP, topic, body, path, signature })).toBe(401);
    }
    expect(await rows()).toEqual([]);
  });

  it('a body that makes no claim about the shop, or the same in other letters, is taken', async () => {
    const update = JSON.stringify({ domain: 'shop.example.com', myshopify_domain: null });
    expect(await world.post({ shop: SHOP, topic: 'shop/update', body: update })).toBe(200);
    const redact = JSON.stringify({ shop_domain: SHOP.toUpperCase() });
    expect(await world.post({ shop: SHOP, topic: 'shop/redact', body: redact })).toBe(200);
    expect(await rows()).toHaveLength(2);
  });

  it('path unknown → 404, method wrong → 405', async () => {
    expect(await world.post({ ...valid, path: '/webhooks/nothing' })).toBe(404);
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
      const answer = await fetch(`${world.origin}/webhooks/carts`, { method });
      expect([method, answer.status, answer.headers.get('allow'), await answer.text()]).toEqual([
        method,
        405,
        'POST',
        '',
      ]);
    }
    expect(await rows()).toEqual([]);
  });

  it('over 2 MiB → 413 without reading on, with and without a stated length', async () => {
    const large = Buffer.alloc(2 * 1024 * 1024 + 1, 'x');
    expect(await world.post({ ...valid, body: large })).toBe(413);
    expect(await postEndlessly(world.origin)).toBe(413);
    expect(await rows()).toEqual([]);
  });

  it('over 2 MiB → 413 that arrives, though the sender sends all before it reads', async () => {
    const size = 4 * 1024 * 1024;
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(Number(new URL(world.origin).port), '127.0.0.1');
      socket.on('error', reject).pause();
      socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
      socket.on('end', () => resolve(text));
      socket.write(`POST /webhooks/carts HTTP/1.1\r\nHost: x\r\nContent-Length: ${String(size)}\r\n\r\n`);
      socket.write(Buffer.alloc(size, 'x'), () => socket.resume());
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 .*\r\n/);
    expect(answer.toLowerCase()).toContain('\r\nconnection: close\r\n');
  });

  it('cut off in the middle: nobody waits for the rest', async () => {
    const { port } = new URL(world.origin);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write('POST /webhooks/carts HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"tok');
        socket.destroy();
        resolve();
      });
    });
    expect(await world.post(valid)).toBe(200);
    expect(await rows()).toHaveLength(1);
  });

  it('says which fields are wrong, never what stood in them', async () => {
    world.logLines.length = 0;
    const body = cart('t', { line_items: [{ title: 'Secret Mug', quantity: 'many@example.com' }] });
    expect(await world.post({ ...valid, body, webhookId: 'wrong-1' })).toBe(400);
    const line = world.logLines.find((text) => text.includes('wrong-1'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ reason: 'wrong-shape', paths: ['line_items.0.quantity'] });
    expect(world.logLines.join()).not.toMatch(/Secret Mug|many@example/);
  });

  it('tells of refused headers what looks right, and of a forged webhook nothing', async () => {
    world.logLines.length = 0;
    await world.post({ ...valid, webhookId: 'known-1', headers: { 'x-shopify-shop-domain': 'Amina Okafor' } });
    await world.post({ ...valid, webhookId: 'forged-1', signature: signatureOf('x') });
    const lines = world.logLines.filter((text) => text.includes('webhook.refused'));
    expect(lines.map((text) => JSON.parse(text) as unknown)).toEqual([
      expect.objectContaining({ reason: 'header-malformed', topic: 'carts/update', webhookId: 'known-1' }),
    ]);
    expect(world.logLines.join()).not.toMatch(/Amina|forged-1/);
  });
});

describe('a shop that may not be stored for', () => {
  it.each([
    ['unknown', null],
    ['not onboarded', 'not-onboarded'],
    ['uninstalled', 'uninstalled'],
  ] as const)('%s: 200, dropped and counted', async (name, status) => {
    const domain = `drop-${name.replace(' ', '-')}.myshopify.com`;
    if (status !== null) await world.addShop(domain, status);
    const outcome = status === null ? 'dropped-unknown-shop' : 'dropped-inactive-shop';
    const before = world.edge.counters.get(outcome);
    expect(await world.post({ ...valid, shop: domain })).toBe(200);
    expect(await rows()).toEqual([]);
    expect(world.edge.counters.get(outcome)).toBe(before + 1);
  });

  it('an uninstall that committed first wins over what the edge remembers', async () => {
    const domain = 'stale.myshopify.com';
    const id = await world.addShop(domain);
    expect(await world.post({ ...valid, shop: domain })).toBe(200);
    // No notice is sent: the edge still believes the shop to be active.
    await world.superuser(`UPDATE app.shops SET status = 'uninstalled' WHERE id = $1`, [id]);
    expect(await world.post({ ...valid, shop: domain, body: cart('after') })).toBe(200);
    expect(await rows()).toHaveLength(1);
  });

  it('a shop the edge has never heard of is looked up before anything is dropped', async () => {
    const domain = 'fresh.myshopify.com';
    await world.superuser(
      `INSERT INTO app.shops (id, domain, status, epoch, onboarded_at) VALUES (gen_random_uuid(), $1, 'installed', 1, now())`,
      [domain],
    );
    expect(await world.post({ ...valid, shop: domain })).toBe(200);
    expect(await rows()).toHaveLength(1);
  });
});

describe('requests by law and farewells are recorded whatever the state of the shop', () => {
  const redact = (domain: string) =>
    JSON.stringify({
      shop_id: 1,
      shop_domain: domain,
      customer: { id: 7, email: 'amina@example.com' },
      orders_to_redact: [],
    });

  it('of a shop nobody has met: without its body', async () => {
    const shop = 'never-met.myshopify.com';
    expect(await world.post({ shop, topic: 'customers/redact', body: redact(shop) })).toBe(200);
    const [row] = await rows();
    expect(row?.sealed).toBeNull();
    await world.apply(row?.shop_id ?? '');
    expect(await world.superuser('SELECT topic, held, sealed FROM app.privacy_requests')).toEqual([
      { topic: 'customers/redact', held: false, sealed: null },
    ]);
  });

  it('of an uninstalled shop: with its body, and once for each request', async () => {
    const shop = 'gone.myshopify.com';
    const id = await world.addShop(shop, 'uninstalled');
    const first = { shop, topic: 'customers/redact', body: redact(shop), triggeredAt: new Date(), webhookId: 'r-1' };
    const again = { ...first, triggeredAt: new Date(Date.now() - 60_000), webhookId: 'r-2' };
    for (const webhook of [first, first, { ...first, webhookId: 'r-9' }, again, again]) {
      expect(await world.post(webhook)).toBe(200);
    }
    await world.apply(id);
    const requests = await world.superuser<{ held: boolean; days: number }>(
      `SELECT held, extract(day FROM due_at - received_at)::int AS days FROM app.privacy_requests WHERE shop_id = $1`,
      [id],
    );
    expect(requests).toEqual([
      { held: true, days: 30 },
      { held: true, days: 30 },
    ]);
  });

  it('two farewells of one day are two, though their bodies are the same to the letter', async () => {
    const shop = 'twice.myshopify.com';
    await world.addShop(shop);
    const body = JSON.stringify({ myshopify_domain: shop, updated_at: '2026-11-01T00:00:00Z' });
    const farewell = { shop, topic: 'app/uninstalled', body, triggeredAt: new Date(Date.now() - 60_000) };
    for (const webhook of [farewell, farewell, { ...farewell, triggeredAt: new Date() }]) {
      expect(await world.post(webhook)).toBe(200);
    }
    expect(await rows()).toHaveLength(2);
  });

  it.each(['customers/redact', 'customers/data_request', 'shop/redact', 'app/uninstalled'])(
    '%s whose headers do not name the shop, or name its own address: the signed body does',
    async (topic) => {
      const shop = `${topic.replace(/\W|_/g, '-')}.myshopify.com`;
      const id = await world.addShop(shop);
      const body = topic === 'app/uninstalled' ? JSON.stringify({ myshopify_domain: shop }) : redact(shop);
      const missing = { 'x-shopify-shop-domain': undefined, 'x-shopify-api-version': undefined };
      const address = { 'x-shopify-shop-domain': 'www.headless.example' };
      for (const [index, headers] of [missing, address].entries()) {
        const triggeredAt = new Date(Date.now() - 1_000 * index);
        expect(await world.post({ shop, topic, body, headers, triggeredAt })).toBe(200);
      }
      expect((await rows()).map((row) => row.shop_id)).toEqual([id, id]);
    },
  );

  it('app/uninstalled stops processing at once', async () => {
    const shop = 'leaving.myshopify.com';
    const id = await world.addShop(shop);
    expect(await world.post({ shop, topic: 'carts/create', body: cart('left-behind') })).toBe(200);
    const body = JSON.stringify({ myshopify_domain: shop, updated_at: null });
    expect(await world.post({ shop, topic: 'app/uninstalled', body })).toBe(200);
    await world.apply(id);
    expect(await world.superuser('SELECT status FROM app.shops WHERE id = $1', [id])).toEqual([
      { status: 'uninstalled' },
    ]);
    expect(await world.superuser('SELECT id FROM app.carts WHERE shop_id = $1', [id])).toEqual([]);
    expect((await rows()).filter((row) => row.sealed !== null)).toEqual([]);
  });
});

it('what was stored belongs to its shop', async () => {
  await world.post(valid);
  expect((await rows()).map((row) => row.shop_id)).toEqual([shopId]);
});

function line(title: string) {
  return {
    variant_id: 1,
    product_id: 2,
    title,
    quantity: 1,
    price: '1.00',
    line_price: '1.00',
    properties: { a: 'b' },
  };
}

/** A body without a stated length that never ends; resolves with the answer. */
function postEndlessly(origin: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const req = request(`${origin}/webhooks/carts`, { method: 'POST', headers: { 'transfer-encoding': 'chunked' } });
    const chunk = Buffer.alloc(64 * 1024, 'x');
    let answered = false;
    const write = () => {
      if (answered) return;
      if (req.write(chunk)) setImmediate(write);
      else req.once('drain', write);
    };
    req.on('response', (response) => {
      answered = true;
      resolve(response.statusCode);
      req.destroy();
    });
    req.on('error', (error) => {
      if (!answered) reject(error);
    });
    write();
  });
}
