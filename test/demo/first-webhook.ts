import { createHmac, randomInt, randomUUID } from 'node:crypto';

import pg from 'pg';

import type { Ending } from '#test/demo/ending.ts';
import { untilReady } from '#test/demo/ready.ts';

export interface FirstWebhook {
  readonly webhookOrigin: string;
  /** A superuser's connection. */
  readonly databaseUrl: string;
  readonly apiSecret: string;
  readonly shop: string;
  /** Of the program that takes it. */
  readonly logFile: string;
}

/**
 * Sends webhooks that change nothing until one is kept: only then does the edge know that the agreement has been
 * accepted. It may take two seconds, within which everything is answered with 200 and dropped.
 */
export async function untilWebhooksAreKept(webhook: FirstWebhook, ending: Ending): Promise<void> {
  const client = new pg.Client({ connectionString: webhook.databaseUrl });
  await client.connect();
  try {
    await untilReady('edge', webhook.logFile, ending, async () => {
      const webhookId = await send(webhook).catch(() => null);
      const { rowCount } = await client.query('SELECT FROM inbox.events WHERE webhook_id = $1', [webhookId]);
      return rowCount === 1;
    });
  } finally {
    await client.end();
  }
}

/** An update of the shop so old that whatever is known is newer. */
async function send({ webhookOrigin, apiSecret, shop }: FirstWebhook): Promise<string> {
  const webhookId = randomUUID();
  const updatedAt = new Date(randomInt(2 ** 40)).toISOString();
  const body = JSON.stringify({ myshopify_domain: shop, updated_at: updatedAt });
  const response = await fetch(`${webhookOrigin}/webhooks/shop`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-shopify-topic': 'shop/update',
      'x-shopify-shop-domain': shop,
      'x-shopify-api-version': '2026-10',
      'x-shopify-webhook-id': webhookId,
      'x-shopify-triggered-at': new Date().toISOString(),
      'x-shopify-hmac-sha256': createHmac('sha256', apiSecret).update(body).digest('base64'),
    },
    body,
  });
  await response.arrayBuffer();
  return webhookId;
}
