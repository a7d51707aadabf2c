import { createHmac, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';

import { parseLines } from '#app/carts/line.ts';
import { checkoutPlace, orderPlace, statePlace } from '#app/carts/places.ts';
import { personPlace } from '#app/customers/people-store.ts';
import { poolConfig } from '#app/data/connection.ts';
import type { SubjectScope } from '#app/data/subject-scope.ts';
import { withShopSql } from '#app/data/with-shop.ts';
import { applyShop, type ApplyHandlers } from '#app/ingest/apply/apply-shop.ts';
import { type DayKeyRow, InboxDayKeys } from '#app/ingest/day-keys.ts';
import { createEdgeProgram, type EdgeProgram } from '#app/ingest/edge/program.ts';
import { type Serving, serve } from '#app/web/serve.ts';
import { openJson } from '#app/vault/sealed-json.ts';
import { createApplyHandlers } from '#app/worker/apply-handlers.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

export const API_SECRET = 'ingest-world-secret';

/** A webhook as Shopify would send it. */
export interface TestWebhook {
  readonly shop: string;
  readonly topic: string;
  readonly body: string | Buffer;
  readonly triggeredAt?: Date | null;
  readonly webhookId?: string;
  readonly path?: string;
  readonly signature?: string | null;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** A webhook of which only topic and body matter. */
export type Told = readonly [topic: string, body: object];

/** The edge listening for real, and the worker's apply step at one's command. */
export interface IngestWorld extends ShopWorld {
  readonly edge: EdgeProgram;
  readonly origin: string;
  /** As the worker has them. */
  readonly pool: pg.Pool;
  readonly inboxKeys: InboxDayKeys;
  /** Makes a shop that is installed and onboarded; returns its id. */
  addShop(domain: string, status?: 'active' | 'not-onboarded' | 'uninstalled'): Promise<string>;
  /** Posts a webhook until the edge has time for it; returns the status. */
  post(webhook: TestWebhook): Promise<number>;
  /** Posts these webhooks one after the other, sees that the edge takes each, and applies them. */
  tell(shop: { readonly id: string; readonly domain: string }, ...webhooks: readonly Told[]): Promise<void>;
  /** Applies what waits of a shop, until nothing does. */
  apply(shopId: string, handlers?: ApplyHandlers): Promise<void>;
  /** Everything held of the shop's carts, opened, without our random ids: what law 5 compares. */
  story(shopId: string): Promise<unknown>;
}

export async function openIngestWorld(): Promise<IngestWorld> {
  const world = await openShopWorld();
  const { database, keyring, keyStore, log } = world;
  const edge = await createEdgeProgram({ databaseUrl: database.url, keyring, apiSecret: API_SECRET, log });
  const serving: Serving = await serve(edge.handle, { host: '127.0.0.1', port: 0 }, createServer());
  const origin = `http://127.0.0.1:${String(serving.port)}`;
  const pool = new pg.Pool(poolConfig(database.url, 'ci_app', { applicationName: 'test worker', max: 4 }));
  const dispatchPool = new pg.Pool(poolConfig(database.url, 'ci_dispatch', { applicationName: 'test worker', max: 1 }));
  const inboxKeys = new InboxDayKeys(async (sql) => (await dispatchPool.query<DayKeyRow>(sql)).rows, keyring);
  await inboxKeys.load();
  const now = () => new Date();
  const handlers = createApplyHandlers({
    keyStore,
    queue: { add: () => Promise.resolve(), close: () => Promise.resolve() },
    log,
    now,
  });

  const post = (webhook: TestWebhook) =>
    delivered(`${origin}${webhook.path ?? pathOf(webhook.topic)}`, {
      method: 'POST',
      headers: headersOf(webhook),
      body: new Uint8Array(Buffer.from(webhook.body)),
    });
  const apply = async (shopId: string, own = handlers) => {
    for (let round = 0; round < 50; round += 1) {
      const result = await applyShop({ pool, keyStore, inboxKeys, handlers: own, log, now }, shopId);
      if (result === 'done') return;
    }
    throw new Error('The inbox did not drain');
  };

  return {
    ...world,
    edge,
    origin,
    pool,
    inboxKeys,
    addShop: async (domain, status = 'active') => {
      const id = uuidv7();
      await world.superuser(
        `INSERT INTO app.shops (id, domain, status, epoch, installed_at, onboarded_at, time_zone, currency)
         VALUES ($1, $2, $3, 1, now() - interval '90 days', $4, 'America/Toronto', 'CAD')`,
        [id, domain, status === 'uninstalled' ? 'uninstalled' : 'installed', status === 'active' ? now() : null],
      );
      await world.superuser(`SELECT pg_notify('ci_shops', $1)`, [domain]);
      return id;
    },
    post,
    tell: async ({ id, domain }, ...webhooks) => {
      for (const [topic, body] of webhooks) {
        const status = await post({ shop: domain, topic, body: JSON.stringify(body) });
        if (status !== 200) throw new Error(`${topic} was answered with ${String(status)}`);
      }
      await apply(id);
    },
    apply,
    story: (shopId) => tellStory(world, pool, shopId),
    close: async () => {
      await serving.stop(1_000);
      await edge.close();
      await Promise.all([pool.end(), dispatchPool.end()]);
      await world.close();
    },
  };
}

/**
 * Posts, and again while the answer is 503, as Shopify does: the edge promises nothing that it cannot keep within its few
 * seconds, and a test may run on a machine that has no time for it. @returns the status.
 */
export async function delivered(url: string, request: RequestInit): Promise<number> {
  for (;;) {
    const response = await fetch(url, request);
    await response.arrayBuffer();
    if (response.status !== 503) return response.status;
    await sleep(AGAIN_AFTER_MS);
  }
}

const AGAIN_AFTER_MS = 100;

const PATHS: Readonly<Record<string, string>> = {
  'shop/redact': '/webhooks/compliance',
  'customers/redact': '/webhooks/compliance',
  'customers/data_request': '/webhooks/compliance',
};

function pathOf(topic: string): string {
  return PATHS[topic] ?? `/webhooks/${topic.slice(0, topic.indexOf('/'))}`;
}

export function signatureOf(body: string | Buffer, secret = API_SECRET): string {
  return createHmac('sha256', secret).update(body).digest('base64');
}

function headersOf(webhook: TestWebhook): Record<string, string> {
  const { shop, topic, body, triggeredAt = new Date(), webhookId = randomUUID(), signature } = webhook;
  const headers: Record<string, string | undefined> = {
    'content-type': 'application/json',
    'x-shopify-topic': topic,
    'x-shopify-shop-domain': shop,
    'x-shopify-api-version': '2026-10',
    'x-shopify-webhook-id': webhookId,
    'x-shopify-triggered-at': triggeredAt?.toISOString(),
    'x-shopify-hmac-sha256': signature === null ? undefined : (signature ?? signatureOf(body)),
    ...webhook.headers,
  };
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

interface SealedRow {
  id: string;
  sealed: Buffer;
  [column: string]: unknown;
}

async function tellStory(world: ShopWorld, pool: pg.Pool, shopId: string): Promise<unknown> {
  return withShopSql(pool, shopId, async (tx) => {
    const open = async (
      scope: SubjectScope,
      rows: readonly SealedRow[],
      place: (row: SealedRow) => Parameters<typeof openJson>[2],
      keyId: (row: SealedRow) => string = (row) => row.id,
    ) => {
      const keys = await world.keyStore.subjectKeys(tx, shopId, scope, [...new Set(rows.map(keyId))]);
      return rows.map((row) => {
        const key = keys.get(keyId(row));
        return key === undefined ? null : openJson(key.key, row.sealed, place(row));
      });
    };
    const people = await tx.query<SealedRow>(
      'SELECT id, sealed, first_seen_at, support_code FROM app.people ORDER BY id',
    );
    const peopleOpened = await open('person', people, (row) => personPlace(shopId, row.id));
    const personById = new Map(people.map((row, index) => [row.id, valuesOf(peopleOpened[index])]));
    const withPerson = (opened: unknown) => {
      const values = { ...valuesOf(opened) };
      const person = values['person'];
      if (typeof person === 'string') values['person'] = personById.get(person.split(':')[1] ?? '') ?? 'nobody';
      return values;
    };

    const carts = await tx.query<SealedRow & { person_id: string | null }>(
      `SELECT id, person_id, person_evidence, started_at, last_changed_at, content_changed_at, content_origin, item_count, line_count,
         value_minor::text, currency, checkout_at, checkout_deleted_at, ordered_at, country_token, province_token
       FROM app.carts`,
    );
    const states = await tx.query<SealedRow & { cart_id: string; changed_at: Date; digest: Buffer }>(
      `SELECT cart_id AS id, cart_id, changed_at, triggered_at, digest, item_count, value_minor::text, currency, sealed FROM app.cart_states`,
    );
    const lines = await open('cart', states, (row) => {
      const state = row as (typeof states)[number];
      return statePlace(shopId, state.cart_id, state.changed_at, state.digest);
    });
    const checkouts = await tx.query<SealedRow & { cart_id: string | null }>(
      `SELECT id, cart_id, started_at, changed_at, completed_at, value_minor::text, currency, item_count, sealed FROM app.checkouts`,
    );
    const checkoutsOpened = await open('checkout', checkouts, (row) => checkoutPlace(shopId, row.id));
    const orders = await tx.query<SealedRow & { cart_id: string | null }>(
      `SELECT id, cart_id, cart_evidence, ordered_at, changed_at, cancelled_at, value_minor::text, currency, item_count, sealed FROM app.orders`,
    );
    const ordersOpened = await open('order', orders, (row) => orderPlace(shopId, row.id));

    const ofCart = <Row extends { cart_id: string | null }>(
      rows: readonly Row[],
      told: readonly unknown[],
      id: string | null,
    ) =>
      sorted(rows.flatMap((row, index) => (row.cart_id === id ? [{ ...withoutIds(row), content: told[index] }] : [])));
    const told = {
      states: lines.map((opened) => parseLines((opened as { lines: unknown }).lines)),
      checkouts: checkoutsOpened.map(withPerson),
      orders: ordersOpened.map(withPerson),
    };
    return {
      carts: sorted(
        carts.map((cart) => ({
          ...withoutIds(cart),
          person: cart.person_id === null ? null : personById.get(cart.person_id),
          states: ofCart(states, told.states, cart.id),
          checkouts: ofCart(checkouts, told.checkouts, cart.id),
          orders: ofCart(orders, told.orders, cart.id),
        })),
      ),
      withoutCart: {
        checkouts: ofCart(checkouts, told.checkouts, null),
        orders: ofCart(orders, told.orders, null),
      },
      people: sorted(
        people.map((row, index) => ({
          seen: row['first_seen_at'],
          code: row['support_code'],
          ...valuesOf(peopleOpened[index]),
        })),
      ),
    };
  });
}

function valuesOf(opened: unknown): Record<string, unknown> {
  return { ...(opened as { v: Record<string, unknown> } | null)?.v };
}

function withoutIds(row: Record<string, unknown>): Record<string, unknown> {
  const ours = ['id', 'person_id', 'cart_id', 'sealed', 'token_ref'];
  return Object.fromEntries(Object.entries(row).filter(([name]) => !ours.includes(name)));
}

function sorted<T>(items: readonly T[]): T[] {
  const text = (item: T) => JSON.stringify(item);
  return [...items].sort((a, b) => (text(a) < text(b) ? -1 : 1));
}
