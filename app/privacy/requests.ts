import { v7 as uuidv7 } from 'uuid';

import type { KeyStore } from '#app/data/keys.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import type { ShopTx } from '#app/data/with-shop.ts';
import { sealJson } from '#app/vault/sealed-json.ts';

/**
 * Days from receipt within which a request has to be fulfilled: Shopify's rule for the compliance topics (Shopify
 * developer documentation, "Privacy law compliance"), and no longer than the month of GDPR Art. 12(3).
 */
export const REQUEST_DUE_DAYS = 30;

/** What starts a request. A deleted customer is treated like one: their data has no purpose left. */
export const REQUEST_TOPICS = [
  'customers/data_request',
  'customers/redact',
  'shop/redact',
  'customers/delete',
] as const;
export type RequestTopic = (typeof REQUEST_TOPICS)[number];

/** A webhook that is a request, as the worker took it out of the inbox. */
export interface RequestEvent {
  readonly topic: RequestTopic;
  /** What the topic's projection kept; null when nothing was kept because the shop has no keys. */
  readonly body: RequestBody | null;
  readonly receivedAt: Date;
  readonly triggeredAt: Date | null;
  readonly webhookId: string | null;
  /** Keyed digest of the raw body, from the inbox. */
  readonly row: { readonly digest: Uint8Array };
}

/** The fields of all request topics; each has some of them. */
export interface RequestBody {
  readonly id?: string | null | undefined;
  readonly shop_domain?: string;
  readonly customer?:
    { readonly id?: string | null | undefined; readonly email?: string | null | undefined } | null | undefined;
  readonly orders_requested?: readonly string[] | null | undefined;
  readonly orders_to_redact?: readonly string[] | null | undefined;
  readonly data_request?: { readonly id?: string | null | undefined } | null | undefined;
}

/** What is sealed of a request: whom it is about, three ways, and Shopify's own number of it. */
export interface RequestSubject {
  readonly customerId: string | null;
  readonly email: string | null;
  readonly orderIds: readonly string[];
  readonly dataRequestId: string | null;
}

/** A request as a list shows it: nothing in it says whom it is about. */
export interface RequestSummary {
  readonly id: string;
  readonly topic: string;
  readonly state: string;
  /** False when the shop had no keys at the time, so that nothing could be held. */
  readonly held: boolean;
  readonly receivedAt: Date;
  readonly dueAt: Date;
}

/**
 * Records a request and starts its clock, whatever the state of the shop.
 *
 * Shopify delivers at least once. The same webhook id, or the same body digest, is the same request and changes nothing.
 * Whom it is about is sealed under a key of the request's own, so that fulfilling it can end with destroying that key.
 *
 * @param tx bound to the shop; the caller holds the shop's lock.
 */
export async function recordComplianceRequest(
  tx: SqlTx,
  keyStore: KeyStore,
  shopId: string,
  event: RequestEvent,
): Promise<'recorded' | 'duplicate'> {
  const { topic, body, receivedAt, triggeredAt, webhookId } = event;
  const digest = Buffer.from(event.row.digest).toString('hex');
  const [known] = await tx.query(
    `SELECT id FROM app.privacy_requests
     WHERE shop_id = $1::uuid AND topic = $2 AND (body_digest = decode($3, 'hex') OR webhook_id = $4) LIMIT 1`,
    [shopId, topic, digest, webhookId],
  );
  if (known !== undefined) return 'duplicate';

  const id = uuidv7();
  const subject = body === null ? null : subjectOf(topic, body);
  const sealed = subject === null ? null : await sealSubject(tx, keyStore, shopId, id, subject);
  await tx.query(
    `INSERT INTO app.privacy_requests
       (shop_id, id, topic, body_digest, webhook_id, triggered_at, received_at, due_at, held, sealed)
     VALUES ($1::uuid, $2::uuid, $3, decode($4, 'hex'), $5, $6::timestamptz, $7::timestamptz, $8::timestamptz, $9, decode($10, 'hex'))`,
    [
      shopId,
      id,
      topic,
      digest,
      webhookId,
      triggeredAt,
      receivedAt,
      dueAtOf(receivedAt),
      body !== null,
      sealed?.toString('hex') ?? null,
    ],
  );
  return 'recorded';
}

/** When a request received now has to be done. */
export function dueAtOf(receivedAt: Date): Date {
  return new Date(receivedAt.getTime() + REQUEST_DUE_DAYS * 24 * 60 * 60 * 1000);
}

/** The shop's requests, newest first, without saying whom they are about. */
export async function listRequests(tx: ShopTx, shopId: string, atMost = 100): Promise<RequestSummary[]> {
  return tx.privacyRequest.findMany({
    where: { shopId },
    select: { id: true, topic: true, state: true, held: true, receivedAt: true, dueAt: true },
    orderBy: [{ dueAt: 'desc' }, { id: 'desc' }],
    take: atMost,
  });
}

/** Where a request's sealed subject lies; part of what the seal is bound to. */
export function requestPlace(shopId: string, id: string) {
  return { shop: shopId, table: 'privacy_requests', column: 'sealed', row: id };
}

/** Null for `shop/redact`, which is about everybody. */
function subjectOf(topic: RequestTopic, body: RequestBody): RequestSubject | null {
  if (topic === 'shop/redact') return null;
  return {
    customerId: body.customer?.id ?? body.id ?? null,
    email: body.customer?.email ?? null,
    orderIds: body.orders_requested ?? body.orders_to_redact ?? [],
    dataRequestId: body.data_request?.id ?? null,
  };
}

async function sealSubject(
  tx: SqlTx,
  keyStore: KeyStore,
  shopId: string,
  id: string,
  subject: RequestSubject,
): Promise<Buffer> {
  const key = (await keyStore.createSubjectKeys(tx, shopId, 'request', [id])).get(id);
  if (key === undefined) throw new Error('The key store made no key');
  return sealJson(key.key, subject, requestPlace(shopId, id));
}
