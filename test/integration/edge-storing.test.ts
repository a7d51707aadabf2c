import { randomBytes, randomUUID } from 'node:crypto';

import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { poolConfig } from '#app/data/connection.ts';
import { openEvent } from '#app/ingest/apply/open-event.ts';
import { InboxDayKeys } from '#app/ingest/day-keys.ts';
import { dayOf } from '#app/ingest/days.ts';
import { createEdgeProgram, type EdgeProgramOptions } from '#app/ingest/edge/program.ts';
import { TOPICS } from '#app/shopify/topics.ts';
import { parseKeyring } from '#app/vault/keyring.ts';
import { serve } from '#app/web/serve.ts';
import { API_SECRET, type IngestWorld, openIngestWorld, signatureOf } from '#test/support/ingest-world.ts';

const SHOP = 'edge-shop.myshopify.com';
const HOUR_MS = 3_600_000;

interface StoredRow {
  shop_id: string;
  day: string;
  topic: number;
  digest: Buffer;
  epoch: number;
  received_at: Date;
  triggered_at: Date | null;
  day_from_receipt: boolean;
  webhook_id: string;
  event_id: string | null;
  pending: boolean;
  attempts: number;
  failure_code: string | null;
  sealed: Buffer | null;
}

let world: IngestWorld;
let shopId: string;

beforeAll(async () => {
  world = await openIngestWorld();
  shopId = await world.addShop(SHOP);
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.superuser('DELETE FROM inbox.events');
});

const stored = () =>
  world.superuser<StoredRow>(`SELECT *, to_char(day, 'YYYY-MM-DD') AS day FROM inbox.events ORDER BY received_at`);

function cart(token: string, more: Record<string, unknown> = {}): string {
  return JSON.stringify({
    token,
    note: 'ring the bell twice',
    created_at: '2026-11-20T15:02:11.000Z',
    updated_at: '2026-11-20T15:02:12.000Z',
    line_items: [{ variant_id: 44871230091457, product_id: 1, title: 'Clay Mug', quantity: 2, price: '38.00' }],
    ...more,
  });
}

const post = (body: string | Buffer, more: Partial<Parameters<IngestWorld['post']>[0]> = {}) =>
  world.post({ shop: SHOP, topic: 'carts/update', body, ...more });

/** Posts and tells which outcome was counted. */
async function outcomeOf(send: () => Promise<number>): Promise<[number, string[]]> {
  const before: Record<string, number> = { ...world.edge.counters.all() };
  const status = await send();
  const changed = Object.entries(world.edge.counters.all()).filter(([name, count]) => count !== (before[name] ?? 0));
  return [status, changed.map(([name]) => name)];
}

describe('a webhook of an onboarded shop', () => {
  it('is stored sealed, reduced to what may be kept', async () => {
    const triggeredAt = new Date();
    const webhookId = randomUUID();
    const body = cart('hWNA7fQ2mXk9', {
      line_items: [{ variant_id: 1, quantity: 1, properties: { engraving: 'Yours' } }],
    });
    const headers = { 'x-shopify-event-id': 'event-1' };
    expect(await outcomeOf(() => post(body, { triggeredAt, webhookId, headers }))).toEqual([200, ['stored']]);

    const [row, ...others] = await stored();
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      shop_id: shopId,
      day: dayOf(triggeredAt),
      topic: TOPICS['carts/update'].code,
      epoch: 1,
      triggered_at: triggeredAt,
      day_from_receipt: false,
      webhook_id: webhookId,
      event_id: 'event-1',
      pending: true,
      attempts: 0,
      failure_code: null,
    });
    expect(row!.digest).toHaveLength(16);
    const event = openEvent(await dayKeys(), null, shopId, {
      ...row!,
      receivedAt: row!.received_at,
      triggeredAt,
      webhookId,
    });
    expect(event.body).toEqual({
      token: 'hWNA7fQ2mXk9',
      created_at: '2026-11-20T15:02:11.000Z',
      updated_at: '2026-11-20T15:02:12.000Z',
      line_items: [{ variant_id: '1', quantity: 1 }],
    });
  });

  it('is stored once, however often it comes', async () => {
    const body = cart('once');
    const triggeredAt = new Date(Date.now() - HOUR_MS);
    const statuses = await Promise.all(Array.from({ length: 12 }, () => post(body, { triggeredAt })));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(await outcomeOf(() => post(body, { triggeredAt }))).toEqual([200, ['duplicate']]);
    expect(await stored()).toHaveLength(1);
  });

  it('keeps ids that a JavaScript number cannot hold', async () => {
    await post('{"token":"big","line_items":[{"variant_id":9007199254740993,"quantity":1}]}');
    const [row] = await stored();
    const { received_at: receivedAt, triggered_at: triggeredAt, webhook_id: webhookId } = row!;
    const event = openEvent(await dayKeys(), null, shopId, { ...row!, receivedAt, triggeredAt, webhookId });
    expect(event.body).toMatchObject({ line_items: [{ variant_id: '9007199254740993' }] });
  });

  it('wakes the worker by its commit', async () => {
    const listener = new pg.Client(poolConfig(world.database.url, 'ci_dispatch', { applicationName: 'test' }));
    await listener.connect();
    const told: (string | undefined)[] = [];
    listener.on('notification', ({ payload }) => told.push(payload));
    await listener.query('LISTEN ci_inbox');
    await post(cart('woken'));
    await expect.poll(() => told).toEqual([shopId]);
    await post(cart('woken'));
    await listener.query('SELECT 1');
    expect(told).toEqual([shopId]);
    await listener.end();
  });
});

describe('a shop that is onboarded', () => {
  it('is stored for as soon as the edge is told', async () => {
    const domain = 'onboarding.myshopify.com';
    const id = await world.addShop(domain, 'not-onboarded');
    // Its clock stands, so that the "no" of before never grows old: without being told it would hold for ever.
    const now = new Date();
    const other = await startEdge({ now: () => now });
    const send = (token: string) => postTo(other.origin, cart(token), now, domain);
    try {
      expect(await send('early')).toBe(200);
      await world.superuser('UPDATE app.shops SET onboarded_at = now() WHERE id = $1', [id]);
      expect(await send('still')).toBe(200);
      expect(await stored()).toEqual([]);
      await world.superuser(`SELECT pg_notify('ci_shops', $1)`, [domain]);
      await expect.poll(() => send('now').then(stored)).toHaveLength(1);
    } finally {
      await other.stop();
    }
  });
});

describe('two edges', () => {
  it('store what comes to both of them once, at the same time too', async () => {
    const other = await startEdge();
    try {
      const origins = [world.origin, other.origin];
      const triggeredAt = new Date();
      const bodies = Array.from({ length: 150 }, (_, index) => cart(`both-${String(index)}`));
      const statuses = await Promise.all(
        origins.flatMap((origin, edge) =>
          // In opposite order, so that commits would wait for each other in a circle if they took rows as they came.
          (edge === 0 ? bodies : [...bodies].reverse()).map((each) => postTo(origin, each, triggeredAt)),
        ),
      );
      expect(new Set(statuses)).toEqual(new Set([200]));
      expect(await stored()).toHaveLength(150);
    } finally {
      await other.stop();
    }
  });
});

describe('a webhook that cannot be stored as it is', () => {
  it('becomes a sealed dead letter of today; those that came with it are stored', async () => {
    const yesterday = new Date(Date.now() - 24 * HOUR_MS);
    const partition = `inbox.events_${dayOf(yesterday).replaceAll('-', '')}`;
    await world.superuser(`ALTER TABLE inbox.events DETACH PARTITION ${partition}`);
    try {
      const good = Array.from({ length: 9 }, (_, index) => post(cart(`good-${String(index)}`)));
      expect(
        await Promise.all([...good.slice(0, 4), post(cart('bad'), { triggeredAt: yesterday }), ...good.slice(4)]),
      ).toEqual(Array.from({ length: 10 }, () => 200));
    } finally {
      await world.superuser(
        `ALTER TABLE inbox.events ATTACH PARTITION ${partition} FOR VALUES FROM ('${dayOf(yesterday)}') TO ('${dayOf(new Date())}')`,
      );
    }
    const rows = await stored();
    expect(rows.filter((row) => row.pending)).toHaveLength(9);
    const [dead, ...others] = rows.filter((row) => !row.pending);
    expect(others).toEqual([]);
    expect(dead).toMatchObject({ day: dayOf(new Date()), failure_code: 'sql.23514', day_from_receipt: true });
    // Sealed for the day it lies in, so that it can be replayed.
    const { received_at: receivedAt, triggered_at: triggeredAt, webhook_id: webhookId } = dead!;
    const event = openEvent(await dayKeys(), null, shopId, { ...dead!, receivedAt, triggeredAt, webhookId });
    expect(event.body).toMatchObject({ token: 'bad' });
  });
});

describe('a day whose secret is not at hand', () => {
  it('is answered 503 until it is, and nothing is stored', async () => {
    const triggeredAt = new Date(Date.now() - 40 * HOUR_MS);
    const day = dayOf(triggeredAt);
    // Another edge, which may not open days itself.
    await world.superuser('REVOKE EXECUTE ON FUNCTION inbox.open_day(date, text, bytea) FROM ci_maintenance');
    const [taken] = await world.superuser<{ kek_id: string; wrapped: Buffer }>(
      'DELETE FROM keys.inbox_days WHERE day = $1 RETURNING kek_id, wrapped',
      [day],
    );
    const other = await startEdge();
    try {
      expect(await postTo(other.origin, cart('no key'), triggeredAt)).toBe(503);
      expect(await stored()).toEqual([]);
      await world.superuser('INSERT INTO keys.inbox_days (day, kek_id, wrapped) VALUES ($1, $2, $3)', [
        day,
        taken!.kek_id,
        taken!.wrapped,
      ]);
      await expect.poll(() => postTo(other.origin, cart('no key'), triggeredAt), { interval: 200 }).toBe(200);
    } finally {
      await other.stop();
    }
  });
});

it('an edge takes what either secret of the app has signed while the secret is rotated, and nothing else', async () => {
  const edge = await startEdge({ otherApiSecret: 'the-next-secret' });
  try {
    const statuses = [];
    for (const secret of [API_SECRET, 'the-next-secret', 'a-third-secret']) {
      statuses.push(await postTo(edge.origin, cart(secret), new Date(), SHOP, secret));
    }
    expect(statuses).toEqual([200, 200, 401]);
    expect(await postTo(world.origin, cart('later'), new Date(), SHOP, 'the-next-secret')).toBe(401);
  } finally {
    await edge.stop();
  }
});

it('an edge with another key under the name of ours does not start, and opens no day', async () => {
  const day = dayOf(new Date(Date.now() + 7 * 24 * HOUR_MS));
  await world.superuser('DELETE FROM keys.inbox_days WHERE day = $1', [day]);
  const otherKeyring = parseKeyring(`test:${randomBytes(32).toString('base64')}`);
  await expect(startEdge({ keyring: otherKeyring })).rejects.toMatchObject({ code: 'vault.bad-keyring' });
  expect(await world.superuser('SELECT FROM keys.inbox_days WHERE day = $1', [day])).toEqual([]);
});

async function startEdge(more: Partial<EdgeProgramOptions> = {}) {
  const { database, keyring, log } = world;
  const edge = await createEdgeProgram({ databaseUrl: database.url, keyring, apiSecret: API_SECRET, log, ...more });
  const serving = await serve(edge.handle, { host: '127.0.0.1', port: 0 });
  return {
    origin: `http://127.0.0.1:${String(serving.port)}`,
    stop: async () => {
      await serving.stop(1_000);
      await edge.close();
    },
  };
}

async function dayKeys(): Promise<InboxDayKeys> {
  const query = (sql: string) => world.superuser<never>(sql);
  const keys = new InboxDayKeys(query, world.keyring);
  await keys.load();
  return keys;
}

async function postTo(
  origin: string,
  body: string,
  triggeredAt: Date,
  shop = SHOP,
  secret = API_SECRET,
): Promise<number> {
  const response = await fetch(`${origin}/webhooks/carts`, {
    method: 'POST',
    body,
    headers: {
      'x-shopify-topic': 'carts/update',
      'x-shopify-shop-domain': shop,
      'x-shopify-api-version': '2026-10',
      'x-shopify-webhook-id': randomUUID(),
      'x-shopify-triggered-at': triggeredAt.toISOString(),
      'x-shopify-hmac-sha256': signatureOf(body, secret),
    },
  });
  await response.arrayBuffer();
  return response.status;
}
