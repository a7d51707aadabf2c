import type { ShopifyEvent } from '#app/ingest/apply/event.ts';
import type { InboxRow } from '#app/ingest/apply/inbox-rows.ts';
import { type InboxKeys, inboxPlace } from '#app/ingest/inbox-place.ts';
import { topicOf } from '#app/shopify/topics.ts';
import { open } from '#app/vault/envelope.ts';
import { lookupToken } from '#app/vault/lookup.ts';
import { VaultError } from '#app/vault/errors.ts';
import { unpad } from '#app/vault/padding.ts';

/**
 * Opens a webhook.
 *
 * @param lookupKey makes the content's digest; null for events whose content is not compared.
 * @throws VaultError when it does not open.
 */
export function openEvent(keys: InboxKeys, lookupKey: Buffer | null, shopId: string, row: InboxRow): ShopifyEvent {
  const key = keys.keyOf(row.day, shopId);
  if (key === null || row.sealed === null) throw new VaultError('vault.unopenable');
  const bytes = unpadded(open(key, row.sealed, inboxPlace(shopId, row)));
  const { receivedAt, triggeredAt, webhookId } = row;
  // The edge validated the body before it sealed it, and the seal vouches that it is the same.
  return {
    topic: topicOf(row.topic),
    body: JSON.parse(bytes.toString('utf8')) as unknown,
    receivedAt,
    triggeredAt,
    webhookId,
    digest: lookupKey === null ? row.digest : lookupToken(lookupKey, 'body', bytes),
    row: { day: row.day, topic: row.topic, digest: row.digest },
  } as ShopifyEvent;
}

const END_OF_JSON = '}'.charCodeAt(0);

/** An edge of the first release does not pad, and what it took in may wait here when its successor starts. */
function unpadded(bytes: Buffer): Buffer {
  return bytes.at(-1) === END_OF_JSON ? bytes : unpad(bytes);
}
