/** Nothing that was acknowledged is lost, and nobody is kept waiting, when PostgreSQL dies under the edge. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { createEdgeProgram, type EdgeProgram } from '#app/ingest/edge/program.ts';
import { createLogger } from '#app/log.ts';
import { parseKeyring } from '#app/vault/keyring.ts';
import { serve, type Serving } from '#app/web/serve.ts';
import { signatureOf, API_SECRET } from '#test/support/ingest-world.ts';
import { createDatabase, createTemplate, type PostgresServer, startPostgres } from '#test/support/postgres.ts';

const SHOP = 'outage.myshopify.com';

let server: PostgresServer;
let edge: EdgeProgram;
let serving: Serving;
let superuserUrl: string;
let received = 0;
/** Where the edge's clock stands, if it does. */
let stoppedAt: Date | null = null;

beforeAll(async () => {
  // With fsync: what was acknowledged has to survive the crash.
  server = await startPostgres({});
  const database = await createDatabase(await createTemplate(server));
  superuserUrl = database.superuserUrl;
  await query(
    `INSERT INTO app.shops (id, domain, status, epoch, installed_at, onboarded_at)
     VALUES (gen_random_uuid(), '${SHOP}', 'installed', 1, now(), now())`,
  );
  edge = await createEdgeProgram({
    databaseUrl: database.url,
    keyring: parseKeyring(`test:${randomBytes(32).toString('base64')}`),
    apiSecret: API_SECRET,
    log: createLogger({ level: 'silent' }),
    now: () => stoppedAt ?? new Date(),
  });
  const handle = edge.handle;
  const listener: RequestListener = (req, res) => {
    received += 1;
    handle(req, res);
  };
  serving = await serve(listener, { host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await serving.stop(1_000);
  await edge.close();
  await server.stop();
});

it('answers 503 while the database is away, then goes on, and has lost nothing', async () => {
  const acknowledged: string[] = [];
  const seen = new Set<number>();
  let isDone = false;
  const senders = Array.from({ length: 8 }, async () => {
    while (!isDone) {
      const webhookId = randomUUID();
      const status = await post(webhookId);
      seen.add(status);
      if (status === 200) acknowledged.push(webhookId);
      else await sleep(20);
    }
  });
  await expect.poll(() => acknowledged.length).toBeGreaterThan(200);

  await server.crash();
  await expect.poll(() => seen.has(503)).toBe(true);
  expect(await post(randomUUID())).toBe(503);
  expect(await edge.isHealthy()).toBe(false);

  await server.start();
  const before = acknowledged.length;
  await expect.poll(() => acknowledged.length).toBeGreaterThan(before + 200);
  isDone = true;
  await Promise.all(senders);

  expect(seen).toEqual(new Set([200, 503]));
  const rows = await query<{ webhook_id: string }>('SELECT webhook_id FROM inbox.events');
  const stored = new Set(rows.map((row) => row.webhook_id));
  expect(acknowledged.filter((webhookId) => !stored.has(webhookId))).toEqual([]);
});

it('hears of shops again after the database came back', async () => {
  const domain = 'after-outage.myshopify.com';
  // Then a "no" never grows old: what is heard of is heard by the listener, or not at all.
  stoppedAt = new Date();
  await query(
    `INSERT INTO app.shops (id, domain, status, epoch, installed_at, onboarded_at)
     VALUES (gen_random_uuid(), '${domain}', 'known', 0, null, null)`,
  );
  expect(await post(randomUUID(), domain)).toBe(200);
  const stored = () => edge.counters.get('stored');
  const before = stored();
  await query(`UPDATE app.shops SET status = 'installed', epoch = 1, onboarded_at = now() WHERE domain = '${domain}'`);
  await query(`SELECT pg_notify('ci_shops', '${domain}')`);
  await expect.poll(() => post(randomUUID(), domain).then(stored)).toBeGreaterThan(before);
  stoppedAt = null;
});

it('commits what waits before it ends', async () => {
  const blocker = new pg.Client({ connectionString: superuserUrl });
  await blocker.connect();
  await blocker.query('BEGIN; LOCK TABLE inbox.events IN ACCESS EXCLUSIVE MODE');
  const before = received;
  const answers = Array.from({ length: 20 }, () => post(randomUUID()));
  await expect.poll(() => received).toBe(before + 20);
  const stopped = serving.stop(120_000);
  await blocker.query('COMMIT');
  await blocker.end();
  expect(new Set(await Promise.all(answers))).toEqual(new Set([200]));
  await stopped;
});

async function post(webhookId: string, shop = SHOP): Promise<number> {
  const body = JSON.stringify({ token: webhookId, line_items: [] });
  const response = await fetch(`http://127.0.0.1:${String(serving.port)}/webhooks/carts`, {
    method: 'POST',
    body,
    headers: {
      'x-shopify-topic': 'carts/update',
      'x-shopify-shop-domain': shop,
      'x-shopify-api-version': '2026-10',
      'x-shopify-webhook-id': webhookId,
      'x-shopify-triggered-at': new Date().toISOString(),
      'x-shopify-hmac-sha256': signatureOf(body),
    },
  });
  await response.arrayBuffer();
  return response.status;
}

async function query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}
