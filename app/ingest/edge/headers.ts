import type { IncomingHttpHeaders } from 'node:http';

import type { Outcome } from '#app/ingest/edge/counters.ts';
import { dayOf } from '#app/ingest/days.ts';
import { parseTime } from '#app/shopify/stamp.ts';
import { getTopic, namesItsShop, type Topic, TOPICS } from '#app/shopify/topics.ts';

/** What a webhook's headers claim. Shopify's signature does not cover them. */
export interface WebhookHeaders {
  readonly topic: Topic;
  /** Lower case. Null where the header names no shop, which only a body that names it makes good. */
  readonly domain: string | null;
  readonly webhookId: string;
  readonly eventId: string | null;
  readonly triggeredAt: Date | null;
  /** The inbox's day: that of the trigger, which is the same for every retry. */
  readonly day: string;
  /** The day is that of receipt, since the trigger time is missing or not to be believed. */
  readonly dayFromReceipt: boolean;
}

/** What may be logged of headers that are refused: only what looks like what it should be. */
export interface HeaderClaims {
  readonly topic: string | undefined;
  readonly shop: string | undefined;
  readonly webhookId: string | undefined;
}

export type ParsedHeaders =
  | { readonly ok: true; readonly headers: WebhookHeaders }
  | {
      readonly ok: false;
      readonly reason: Extract<Outcome, 'header-missing' | 'header-malformed' | 'topic-unknown' | 'topic-not-of-path'>;
      readonly claims: HeaderClaims;
    };

// `X-Shopify-API-Version` is not asked for: nothing depends on it, and deliveries without it exist.
const TOPIC = /^[a-z_]{1,40}\/[a-z_]{1,40}$/;
const DOMAIN = /^[a-z0-9][a-z0-9-]{0,98}\.myshopify\.com$/;
/** Ids are kept for diagnosis only; what does not look like one is not kept. */
const ID = /^[\w.:-]{1,128}$/;
const HOUR_MS = 3_600_000;
const MAX_AGE_MS = 48 * HOUR_MS;
const MAX_AHEAD_MS = 5 * 60_000;

/** Reads the headers of a webhook delivered to `path` at `receivedAt` (Shopify: webhook delivery structure). */
export function parseHeaders(headers: IncomingHttpHeaders, path: string, receivedAt: Date): ParsedHeaders {
  const topicName = valueOf(headers, 'x-shopify-topic');
  const shopName = valueOf(headers, 'x-shopify-shop-domain');
  const webhookId = valueOf(headers, 'x-shopify-webhook-id');
  const domain = getDomain(shopName);
  const refuse = (reason: Extract<ParsedHeaders, { ok: false }>['reason']): ParsedHeaders => ({
    ok: false,
    reason,
    claims: { topic: fitting(topicName, TOPIC), shop: domain ?? undefined, webhookId: fitting(webhookId, ID) },
  });
  if (topicName === null || webhookId === null) return refuse('header-missing');
  if (!ID.test(webhookId)) return refuse('header-malformed');
  const topic = getTopic(topicName);
  if (domain === null && (topic === null || !namesItsShop(topic))) {
    return refuse(shopName === null ? 'header-missing' : 'header-malformed');
  }
  if (topic === null) return refuse('topic-unknown');
  if (TOPICS[topic].path !== path) return refuse('topic-not-of-path');

  const eventId = valueOf(headers, 'x-shopify-event-id');
  const triggeredAt = timeOf(valueOf(headers, 'x-shopify-triggered-at'), receivedAt);
  const age = triggeredAt === null ? null : receivedAt.getTime() - triggeredAt.getTime();
  const dayFromReceipt = age === null || age > MAX_AGE_MS || age < -MAX_AHEAD_MS;
  return {
    ok: true,
    headers: {
      topic,
      domain,
      webhookId,
      eventId: eventId !== null && ID.test(eventId) ? eventId : null,
      triggeredAt,
      day: dayOf(dayFromReceipt || triggeredAt === null ? receivedAt : triggeredAt),
      dayFromReceipt,
    },
  };
}

/** The text in lower case when it is a shop's permanent domain, else null. */
export function getDomain(text: string | null): string | null {
  const domain = text?.toLowerCase() ?? null;
  return domain !== null && DOMAIN.test(domain) ? domain : null;
}

function valueOf(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

function fitting(value: string | null | undefined, pattern: RegExp): string | undefined {
  return value != null && pattern.test(value) ? value : undefined;
}

/** A time that cannot be is as good as none. */
function timeOf(text: string | null, receivedAt: Date): Date | null {
  return text === null || !/^\d{4}-\d{2}-\d{2}T/.test(text) ? null : parseTime(text, receivedAt);
}
