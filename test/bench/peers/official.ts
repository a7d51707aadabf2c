/**
 * The official pattern: `authenticate.webhook` of @shopify/shopify-app-remix, then Prisma. De-duplicates by event id and
 * upserts the cart, answers after both are committed. Without Remix's routing in front, which would cost it more.
 */
import '@shopify/shopify-app-remix/adapters/node';

import type { IncomingMessage } from 'node:http';

import { Session } from '@shopify/shopify-api';
import { AppDistribution, LogSeverity, shopifyApp } from '@shopify/shopify-app-remix/server';

import { API_VERSION } from '#app/shopify/api-version.ts';
import { openPeerClient } from '#test/bench/peers/prisma/client.ts';
import { listen } from '#test/bench/peers/shared/listen.ts';
import { peerCart, peerKey } from '#test/bench/peers/shared/peer-cart.ts';
import { readPeerSettings } from '#test/bench/peers/shared/settings.ts';

const UNIQUE_VIOLATION = 'P2002';

const { databaseUrl, apiSecret, key: secret } = readPeerSettings();
const prisma = await openPeerClient(databaseUrl);
const key = peerKey(secret);

/** What @shopify/shopify-app-session-storage-prisma does with a webhook: one look by primary key. */
const sessionStorage = {
  loadSession: async (id: string): Promise<Session | undefined> => {
    const row = await prisma.session.findUnique({ where: { id } });
    if (row === null) return undefined;
    const { shop, state, isOnline, accessToken } = row;
    return new Session({ id, shop, state, isOnline, accessToken, ...(row.scope === null ? {} : { scope: row.scope }) });
  },
  storeSession: () => Promise.resolve(true),
  deleteSession: () => Promise.resolve(true),
  deleteSessions: () => Promise.resolve(true),
  findSessionsByShop: () => Promise.resolve([]),
};

const shopify = shopifyApp({
  apiKey: 'benchmark-key-0123456789',
  apiSecretKey: apiSecret,
  apiVersion: API_VERSION,
  appUrl: 'https://bench.example',
  authPathPrefix: '/auth',
  sessionStorage,
  distribution: AppDistribution.AppStore,
  logger: { level: LogSeverity.Error, log: () => undefined },
  future: { unstable_newEmbeddedAuthStrategy: true },
});

await listen((req, res) => {
  void handle(req).then((status) => res.writeHead(status, { 'content-length': 0 }).end());
});

async function handle(req: IncomingMessage): Promise<number> {
  try {
    const { shop, topic, payload, eventId = '' } = await shopify.authenticate.webhook(await requestOf(req));
    try {
      await prisma.webhook.create({ data: { shop, topic, eventId, receivedAt: new Date() } });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION) return 200;
      throw error;
    }
    const cart = peerCart(key, shop, payload);
    if (cart === null) return 400;
    const { token, ...rest } = cart;
    const data = { ...rest, sealed: new Uint8Array(rest.sealed) };
    await prisma.cart.upsert({
      where: { shop_token: { shop, token } },
      create: { shop, token, ...data },
      update: data,
    });
    return 200;
  } catch (error) {
    return error instanceof Response ? error.status : 500;
  }
}

async function requestOf(req: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const headers = new Headers();
  for (const [name, value] of Object.entries(req.headers)) if (typeof value === 'string') headers.set(name, value);
  return new Request(`https://bench.example${req.url ?? '/'}`, {
    method: 'POST',
    headers,
    body: new Uint8Array(Buffer.concat(chunks)),
  });
}
