import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { createEdgeProgram } from '#app/ingest/edge/program.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { ensureShop, withShop } from '#app/data/with-shop.ts';
import { meetStaff } from '#app/access/members.ts';
import { acceptAgreement } from '#app/privacy/agreements/accept.ts';
import type { Signer } from '#app/privacy/agreements/signer.ts';
import { CURRENT_AGREEMENT } from '#app/privacy/agreements/versions.ts';
import { recordInstallation } from '#app/shopify/installation.ts';
import { type Topic, TOPICS } from '#app/shopify/topics.ts';
import { startWorkerProgram } from '#app/worker/program.ts';
import { delivered } from '#test/support/ingest-world.ts';
import type { ShopWorld } from '#test/support/shop-world.ts';

const API_SECRET = 'pipeline-secret';

/** Edge and worker as in production, in this process, on the world's database. */
export interface Pipeline {
  /** Posts a webhook as Shopify does. The answer's status. */
  send(domain: string, topic: Topic, body: object): Promise<number>;
  /** Waits until the worker has applied everything, and answered every request, or given up on it. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export async function startPipeline(world: ShopWorld): Promise<Pipeline> {
  const { keyring, log } = world;
  const databaseUrl = world.database.url;
  const edge = await createEdgeProgram({ databaseUrl, keyring, apiSecret: API_SECRET, log });
  const shopify = { apiKey: 'pipeline-key', apiSecret: API_SECRET };
  const worker = await startWorkerProgram({ databaseUrl, keyring, shopify, log });
  const server = createServer(edge.handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;

  return {
    send: async (domain, topic, body) => {
      const bytes = JSON.stringify(body);
      return delivered(`${origin}${TOPICS[topic].path}`, {
        method: 'POST',
        body: bytes,
        headers: {
          'content-type': 'application/json',
          'x-shopify-topic': topic,
          'x-shopify-shop-domain': domain,
          'x-shopify-webhook-id': randomUUID(),
          'x-shopify-event-id': randomUUID(),
          'x-shopify-api-version': '2026-10',
          'x-shopify-triggered-at': new Date().toISOString(),
          'x-shopify-hmac-sha256': createHmac('sha256', API_SECRET).update(bytes).digest('base64'),
        },
      });
    },
    settled: async () => {
      for (let tries = 0; tries < 3_000; tries += 1) {
        const pending = await world.superuser(
          `SELECT 1 FROM inbox.events WHERE pending UNION ALL
           SELECT 1 FROM pgboss.job WHERE name = 'request.work' AND state < 'completed' LIMIT 1`,
        );
        if (pending.length === 0) return;
        await sleep(50);
      }
      throw new Error('The worker did not apply everything within two minutes and a half');
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await edge.close();
      await worker.stop();
    },
  };
}

/** Installs the app in a shop and accepts the agreement. @returns our id of the shop. */
export async function onboardShop(
  world: ShopWorld,
  domain: string,
  signer: Signer,
  contactEmail: string,
): Promise<string> {
  const shopId = await ensureShop(world.db, domain);
  const { version, sha256 } = CURRENT_AGREEMENT;
  await withShop(world.db, shopId, async (tx) => {
    const at = new Date();
    await recordInstallation(sqlTxOfPrisma(tx), shopId, { grantedScopes: ['read_orders'], at });
    const accepted = await acceptAgreement(tx, world.keyStore, shopId, { signer, contactEmail, version, sha256, at });
    if (!accepted.ok) throw new Error(`The agreement was not accepted: ${accepted.reason}`);
    await meetStaff(tx, world.keyStore, shopId, signer, at);
  });
  return shopId;
}
