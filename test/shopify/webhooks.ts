import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { toJson } from './payloads/index.ts';
import { includeFields, type AppConfiguration } from './subscriptions.ts';
import type { Shop } from './world/shops.ts';

const WEBHOOK_VERSION = '2026-10';
/** Sent whether the app is installed or not. */
const ALWAYS_SENT = ['app/uninstalled', 'customers/data_request', 'customers/redact', 'shop/redact'];

/** Something that happened at a shop, ready to be delivered any number of times. */
export interface ShopEvent {
  readonly shop: Shop;
  readonly topic: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly eventId: string;
  readonly triggeredAt: Date;
}

export interface DeliveryOptions {
  /** How many deliveries of this event; each has its own webhook id (two subscriptions), unless `webhookId` is given. */
  readonly copies?: number;
  /** Waits before the first attempt. */
  readonly delayMs?: number;
  /** Retries after the first attempt; Shopify makes 8 over 4 hours. */
  readonly retries?: number;
  /** First pause; doubles with every retry. */
  readonly backOffMs?: number;
  readonly webhookId?: string;
  /** Sends these bytes instead of the payload; the signature covers them. */
  readonly rawBody?: string | Buffer;
  /** Sends the whole body even when the subscription has `include_fields`. */
  readonly wholeBody?: boolean;
  /** Changes or (undefined) leaves out headers, by lower-case name. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Signs with another secret. */
  readonly secret?: string;
  readonly origin?: string;
  readonly path?: string;
}

/** What became of one delivery. `status` is the last HTTP status, 0 when nobody answered, null when not sent. */
export interface Delivery {
  readonly shop: string;
  readonly topic: string;
  readonly webhookId: string;
  readonly eventId: string;
  readonly triggeredAt: Date;
  readonly attempts: number;
  readonly status: number | null;
  readonly outcome: 'delivered' | 'failed' | 'not-installed' | 'not-subscribed' | 'ended';
}

export interface Webhooks {
  /** Delivers and resolves when every copy was taken or given up. Never rejects. */
  readonly deliver: (event: ShopEvent, options?: DeliveryOptions) => Promise<Delivery[]>;
  /** The last deliveries, oldest first. */
  readonly deliveries: Delivery[];
  /** What became of a shop's deliveries since the start. */
  counts(shop: string): { readonly delivered: number; readonly failed: number };
  /** Ends what is still waiting or retrying. */
  close(): void;
}

export interface WebhooksOptions {
  readonly secret: string;
  readonly configuration: AppConfiguration;
  readonly origin: () => string | null;
  /** Pause before the first retry; doubles each time. */
  readonly backOffMs: number;
  readonly retries: number;
}

const ANSWER_WITHIN_MS = 5_000;
const KEPT_DELIVERIES = 5_000;

/** `X-Shopify-Hmac-Sha256` of these bytes. */
export function signBody(body: string | Buffer, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('base64');
}

/** Shopify writes nanoseconds. */
const triggeredAtHeader = (at: Date): string => at.toISOString().replace('Z', '000000Z');

export function createWebhooks(options: WebhooksOptions): Webhooks {
  const deliveries: Delivery[] = [];
  const counts = new Map<string, { delivered: number; failed: number }>();
  const countsOf = (shop: string): { delivered: number; failed: number } =>
    counts.get(shop) ?? { delivered: 0, failed: 0 };
  const ending = new AbortController();

  const post = async (url: string, headers: Record<string, string>, body: Buffer): Promise<number> => {
    try {
      const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body: new Uint8Array(body),
        redirect: 'manual',
        signal,
      });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 0;
    }
  };

  const deliverOne = async (event: ShopEvent, wishes: DeliveryOptions): Promise<Delivery> => {
    const { shop, topic, eventId, triggeredAt } = event;
    const webhookId = wishes.webhookId ?? randomUUID();
    const about = { shop: shop.domain, topic, webhookId, eventId, triggeredAt };
    const subscription = options.configuration.subscriptions.get(topic);
    if (!shop.installed && !ALWAYS_SENT.includes(topic)) {
      return { ...about, attempts: 0, status: null, outcome: 'not-installed' };
    }
    const path = wishes.path ?? subscription?.path;
    if (path === undefined) return { ...about, attempts: 0, status: null, outcome: 'not-subscribed' };

    const fields = wishes.wholeBody ? null : (subscription?.includeFields ?? null);
    const payload = fields === null ? event.payload : includeFields(event.payload, fields);
    const body = Buffer.from(wishes.rawBody ?? toJson(payload));
    const headers: Record<string, string | undefined> = {
      'content-type': 'application/json',
      'user-agent': 'Shopify-Captain-Hook',
      'x-shopify-topic': topic,
      'x-shopify-hmac-sha256': signBody(body, wishes.secret ?? options.secret),
      'x-shopify-shop-domain': shop.domain,
      'x-shopify-api-version': WEBHOOK_VERSION,
      'x-shopify-webhook-id': webhookId,
      'x-shopify-event-id': eventId,
      'x-shopify-triggered-at': triggeredAtHeader(triggeredAt),
      'x-shopify-name': subscription?.name ?? undefined,
      ...wishes.headers,
    };
    const sent = Object.fromEntries(
      Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );

    const retries = wishes.retries ?? options.retries;
    let attempts = 0;
    let status: number;
    for (let pause = wishes.backOffMs ?? options.backOffMs; ; pause *= 2) {
      const origin = wishes.origin ?? options.origin();
      attempts++;
      status = origin === null ? 0 : await post(`${origin}${path}`, sent, body);
      if (status >= 200 && status < 300) return { ...about, attempts, status, outcome: 'delivered' };
      if (attempts > retries) return { ...about, attempts, status, outcome: 'failed' };
      try {
        await sleep(pause, undefined, { signal: ending.signal });
      } catch {
        return { ...about, attempts, status, outcome: 'ended' };
      }
    }
  };

  const deliver = async (event: ShopEvent, wishes: DeliveryOptions = {}): Promise<Delivery[]> => {
    if (wishes.delayMs) await sleep(wishes.delayMs, undefined, { signal: ending.signal }).catch(() => undefined);
    const copies = Array.from({ length: wishes.copies ?? 1 }, () => deliverOne(event, wishes));
    const results = await Promise.all(copies);
    for (const result of results) {
      deliveries.push(result);
      const { delivered, failed } = countsOf(result.shop);
      counts.set(result.shop, {
        delivered: delivered + (result.outcome === 'delivered' ? 1 : 0),
        failed: failed + (result.outcome === 'failed' ? 1 : 0),
      });
    }
    deliveries.splice(0, Math.max(0, deliveries.length - KEPT_DELIVERIES));
    return results;
  };

  return { deliver, deliveries, counts: countsOf, close: () => ending.abort() };
}
