import { v7 as uuidv7 } from 'uuid';

import type { KeyStore } from '#app/data/keys.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { KIND_OF_TOPIC, type RequestTopic } from '#app/privacy/requests/kinds.ts';
import { insertRequest } from '#app/privacy/requests/insert.ts';
import { type RequestBody, sealSubject, subjectOfBody } from '#app/privacy/requests/subject.ts';

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

/**
 * Records a request and starts its clock, whatever the state of the shop.
 *
 * Shopify delivers at least once. The same webhook id, or the same body digest, is the same request and changes nothing.
 * Whom it is about is sealed under a key of the request's own, so that fulfilling it can end with destroying that key.
 *
 * @param tx bound to the shop; the caller holds the shop's lock.
 * @returns the new request's id, or null for one that is known.
 */
export async function recordComplianceRequest(
  tx: SqlTx,
  keyStore: KeyStore,
  shopId: string,
  event: RequestEvent,
): Promise<string | null> {
  const { topic, receivedAt, triggeredAt, webhookId } = event;
  // On its way when the shop was erased: keys must not be made for it again.
  const body = (await isRedacted(tx, shopId)) ? null : event.body;
  const bodyDigest = Buffer.from(event.row.digest);
  const [known] = await tx.query(
    `SELECT id FROM app.privacy_requests
     WHERE shop_id = $1::uuid AND topic = $2 AND (body_digest = decode($3, 'hex') OR webhook_id = $4) LIMIT 1`,
    [shopId, topic, bodyDigest.toString('hex'), webhookId],
  );
  if (known !== undefined) return null;

  const id = uuidv7();
  const kind = KIND_OF_TOPIC[topic];
  const subject = body === null ? null : subjectOfBody(topic, body);
  await insertRequest(tx, shopId, {
    id,
    kind,
    source: 'shopify',
    regime: 'shopify',
    scope: kind === 'access' ? 'everything' : null,
    receivedAt,
    topic,
    bodyDigest,
    webhookId,
    triggeredAt,
    held: body !== null,
    sealed: subject === null ? null : await sealSubject(tx, keyStore, shopId, id, subject),
    actor: 'shopify',
  });
  return id;
}

async function isRedacted(tx: SqlTx, shopId: string): Promise<boolean> {
  const rows = await tx.query(`SELECT 1 AS one FROM app.shops WHERE id = $1::uuid AND status = 'redacted'`, [shopId]);
  return rows.length > 0;
}
