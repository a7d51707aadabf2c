import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';

import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';

import { INBOX_BUCKET_BYTES, inboxPlace } from '#app/ingest/inbox-place.ts';
import type { InboxDayKeys } from '#app/ingest/day-keys.ts';
import type { Committer } from '#app/ingest/edge/committer.ts';
import type { Counters, Outcome } from '#app/ingest/edge/counters.ts';
import { getDomain, type HeaderClaims, parseHeaders, type WebhookHeaders } from '#app/ingest/edge/headers.ts';
import type { Installation, Installations } from '#app/ingest/edge/installations.ts';
import type { AppLog } from '#app/log.ts';
import { projectText } from '#app/shopify/payloads/project.ts';
import { isExemptTopic, isTimelessTopic, TOPICS } from '#app/shopify/topics.ts';
import { isSignedByShopify } from '#app/shopify/webhook-signature.ts';
import { sealInRun } from '#app/vault/envelope.ts';
import type { VaultKey } from '#app/vault/vault-key.ts';
import { lookupToken } from '#app/vault/lookup.ts';
import { pad } from '#app/vault/padding.ts';

export interface AcceptDeps {
  /** Of the app's secret, and while that is rotated of the other one. */
  readonly signatureKeys: readonly Buffer[];
  readonly installations: Installations;
  readonly dayKeys: InboxDayKeys;
  readonly committer: Committer;
  readonly counters: Counters;
  /** Acts as `ci_edge`. */
  readonly pool: Pool;
  readonly log: AppLog;
  readonly now: () => Date;
}

/** The HTTP status that answers a webhook. */
export type Answer = 200 | 400 | 401 | 503;

/**
 * Takes one webhook: checks it, reduces it to what may be kept, seals it, and stores it. 200 means that it is durable, or
 * that nothing of it is to be stored; 503 that Shopify should send it again.
 *
 * Nothing of the body is read before the signature is known to be right, and no value of it is ever logged.
 */
export async function acceptWebhook(
  deps: AcceptDeps,
  path: string,
  rawHeaders: IncomingHttpHeaders,
  body: Buffer,
): Promise<Answer> {
  const signature = rawHeaders['x-shopify-hmac-sha256'];
  const isSigned =
    typeof signature === 'string' && deps.signatureKeys.some((key) => isSignedByShopify(key, body, signature));
  if (!isSigned) {
    return refuse(deps, 'signature', 401);
  }
  const receivedAt = deps.now();
  const parsed = parseHeaders(rawHeaders, path, receivedAt);
  if (!parsed.ok) return refuse(deps, parsed.reason, 400, parsed.claims);
  const { headers } = parsed;
  const claims = { topic: headers.topic, shop: headers.domain ?? undefined, webhookId: headers.webhookId };

  // Decoding what is not UTF-8 would quietly put other characters in the place of bad bytes.
  const projection = isUtf8(body) ? projectText(headers.topic, body.toString('utf8')) : null;
  if (projection === null) return refuse(deps, 'not-json', 400, claims);
  if (!projection.ok) return refuse(deps, 'wrong-shape', 400, claims, projection.paths);
  const named = shopNamedBy(projection.body);
  if (named !== null && headers.domain !== null && named !== headers.domain) {
    return refuse(deps, 'other-shop', 400, claims);
  }
  const domain = headers.domain ?? getDomain(named);
  if (domain === null) return refuse(deps, 'header-missing', 400, claims);

  const refusal = deps.committer.getRefusal();
  if (refusal !== null) return refuseForNow(deps, refusal);
  const isExempt = isExemptTopic(headers.topic);
  // Nearly always memory knows, and nothing is waited for.
  const shop = deps.installations.getActive(domain) ?? (await findShop(deps, domain, isExempt));
  if (shop === 'away') return refuseForNow(deps, shop);
  if (shop === null) return drop(deps, 'dropped-unknown-shop');
  if (!shop.isActive && !isExempt) return drop(deps, 'dropped-inactive-shop');

  const key =
    deps.dayKeys.keyOf(headers.day, shop.shopId) ?? (await reloadDayKey(deps.dayKeys, headers.day, shop.shopId));
  if (key === null) return refuse(deps, 'key-not-at-hand', 503);
  const topic = TOPICS[headers.topic].code;
  const { day, dayFromReceipt, triggeredAt, webhookId, eventId } = headers;
  const digest = lookupToken(key.secret, 'body', sameWebhook(headers, body));
  const keepsBody = shop.isActive || shop.hasKeys;
  // Padded, so that the size of a row does not tell what is in a cart.
  const plaintext = pad(Buffer.from(JSON.stringify(projection.body)), INBOX_BUCKET_BYTES);
  const result = await deps.committer.commit({
    shopId: shop.shopId,
    day,
    topic,
    digest,
    receivedAt,
    triggeredAt,
    dayFromReceipt,
    webhookId,
    eventId,
    isExempt,
    failureCode: null,
    sealed: keepsBody ? sealInRun(key, plaintext, inboxPlace(shop.shopId, { day, topic, digest })) : null,
  });
  return result === 'committed' ? 200 : refuseForNow(deps, result);
}

/**
 * The shop that a body says it is about, in lower case. The signature covers the body alone: what it says is held against
 * the header, and stands for it where there is none. `domain` is not looked at: it is the shop's own address, which
 * anybody may have.
 */
function shopNamedBy(body: object): string | null {
  for (const name of ['shop_domain', 'myshopify_domain']) {
    const named = (body as Record<string, unknown>)[name];
    if (typeof named === 'string' && named !== '') return named.toLowerCase();
  }
  return null;
}

async function findShop(deps: AcceptDeps, domain: string, isExempt: boolean): Promise<Installation | null | 'away'> {
  try {
    const shop = await deps.installations.get(domain);
    if (shop !== null || !isExempt) return shop;
    // A request by law, or a farewell, of a shop we have never met is recorded all the same.
    const { rows } = await deps.pool.query<{ id: string }>('SELECT app.ensure_shop($1, $2::uuid) AS id', [
      domain,
      uuidv7(),
    ]);
    return { shopId: rows[0]?.id ?? '', isActive: false, hasKeys: false };
  } catch {
    return 'away';
  }
}

async function reloadDayKey(dayKeys: InboxDayKeys, day: string, shopId: string): Promise<VaultKey | null> {
  await dayKeys.loadIfStale();
  return dayKeys.keyOf(day, shopId);
}

/**
 * What makes two deliveries one webhook. Where the body has no time of its own, a second event may have the very same
 * body, so there the trigger time counts too (or, without one, the delivery): losing it would be worse than looking twice.
 */
function sameWebhook(headers: WebhookHeaders, body: Buffer): Buffer {
  if (!isTimelessTopic(headers.topic)) return body;
  const mark = headers.triggeredAt?.toISOString() ?? headers.webhookId;
  return Buffer.concat([body, Buffer.from(`\n${mark}`)]);
}

function refuse(
  deps: AcceptDeps,
  outcome: Outcome,
  answer: Answer,
  claims?: HeaderClaims,
  paths?: readonly string[],
): Answer {
  deps.counters.add(outcome);
  if (claims !== undefined) deps.log.warn('webhook.refused', { reason: outcome, ...claims, paths });
  return answer;
}

function refuseForNow(deps: AcceptDeps, reason: 'away' | 'overloaded'): Answer {
  return refuse(deps, reason === 'away' ? 'database-away' : 'overloaded', 503);
}

function drop(deps: AcceptDeps, outcome: Outcome): Answer {
  deps.counters.add(outcome);
  return 200;
}
