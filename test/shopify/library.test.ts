/** Shopify's own library, in a process of its own, reaches the stand-in as it would reach Shopify. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startShopify, type ShopifyStandIn } from './index.ts';

const run = promisify(execFile);
const SHOP = 'atelier-nord.myshopify.com';
const PROGRAM = fileURLToPath(new URL('./library-program.ts', import.meta.url));
const credentials = { apiKey: 'a-made-up-key', apiSecret: 'a-made-up-secret' };

let dir: string;
let shopify: ShopifyStandIn;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'shopify-library-'));
  const configurationFile = join(dir, 'no-shopify.app.toml');
  shopify = await startShopify({ ...credentials, dir, configurationFile, installed: [SHOP] });
});
afterAll(async () => {
  await shopify.close();
  await rm(dir, { recursive: true });
});

/** Runs one step of library-program.ts and returns what it printed. */
async function library(step: string, input: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { stdout } = await run(
    process.execPath,
    [PROGRAM, step, JSON.stringify({ ...credentials, shop: SHOP, ...input })],
    {
      env: { ...process.env, ...shopify.environment },
    },
  );
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe('the Shopify library', () => {
  it('exchanges a session token for an offline and an online token', async () => {
    const sessionToken = shopify.idToken(SHOP, 'staff');
    const offline = await library('exchange', { sessionToken, kind: 'offline' });
    expect(offline).toMatchObject({ isOnline: false, shop: SHOP, scope: 'read_customers,read_orders,read_products' });
    expect(offline['refreshToken']).toMatch(/^shprt_/);
    expect(Date.parse(String(offline['expires']))).toBeGreaterThan(Date.now());

    const online = await library('exchange', { sessionToken, kind: 'online' });
    expect(online).toMatchObject({ isOnline: true, onlineAccessInfo: { associated_user: { account_owner: false } } });
  });

  it('is told invalid_subject_token for a token that the stand-in did not sign for this shop', async () => {
    const sessionToken = shopify.idToken(SHOP, 'owner', { sub: '1' });
    expect(await library('exchange', { sessionToken, kind: 'offline' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_subject_token' },
    });
  });

  it('refreshes once with each refresh token', async () => {
    const first = await library('exchange', { sessionToken: shopify.idToken(SHOP, 'owner'), kind: 'offline' });
    const refreshToken = first['refreshToken'];
    const before = shopify.tokens.refreshCount(SHOP);
    expect((await library('refresh', { refreshToken }))['accessToken']).toMatch(/^shpat_/);
    expect(await library('refresh', { refreshToken })).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(shopify.tokens.refreshCount(SHOP)).toBe(before + 1);
  });

  it('asks GraphQL and gets what it asked for, with its cost', async () => {
    const { accessToken } = await library('exchange', {
      sessionToken: shopify.idToken(SHOP, 'owner'),
      kind: 'offline',
    });
    const query = 'query ShopDetails { shop { name ianaTimezone currencyFormats { moneyFormat } } }';
    expect(await library('graphql', { accessToken, query })).toMatchObject({
      data: {
        shop: {
          name: 'Atelier Nord',
          ianaTimezone: 'America/Toronto',
          currencyFormats: { moneyFormat: '${{amount}}' },
        },
      },
      extensions: { cost: { actualQueryCost: 2 } },
    });
    const variant = shopify.requireShop(SHOP).products[0]?.variants[0];
    const nodes = `query CatalogueVariants($ids: [ID!]!) {
      nodes(ids: $ids) { ... on ProductVariant { id title image { url } product { title } } } }`;
    const variables = { ids: [variant?.gid, 'gid://shopify/ProductVariant/1'] };
    expect(await library('graphql', { accessToken, query: nodes, variables })).toMatchObject({
      data: { nodes: [{ id: variant?.gid, image: { url: variant?.imageUrl }, product: { title: 'Clay Mug' } }, null] },
    });
    expect(shopify.unexpectedOutbound).toEqual([]);
  });

  it('is refused with a dead token, for an unknown operation, and for every other host; the last two are recorded', async () => {
    const query = 'query ShopDetails { shop { name } }';
    expect(await library('graphql', { accessToken: 'shpat_dead', query })).toMatchObject({ status: 401 });
    const { accessToken } = await library('exchange', {
      sessionToken: shopify.idToken(SHOP, 'owner'),
      kind: 'offline',
    });
    expect(await library('graphql', { accessToken, query: 'query Surprise { shop { name } }' })).toMatchObject({
      status: 500,
    });
    expect(await library('fetch', { url: 'https://registry.example.com/x' })).toHaveProperty('error');
    expect(shopify.unexpectedOutbound.splice(0)).toEqual([
      `GraphQL Surprise at ${SHOP}`,
      'CONNECT registry.example.com:443',
    ]);
  });

  it('meets trouble when it is asked for; a refused refresh leaves the refresh token good', async () => {
    const exchanged = await library('exchange', { sessionToken: shopify.idToken(SHOP, 'owner'), kind: 'offline' });
    const query = 'query ShopDetails { shop { name } }';
    shopify.trouble.next(SHOP, 'throttled');
    expect(await library('graphql', { accessToken: exchanged['accessToken'], query })).toMatchObject({
      graphQLErrors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }],
    });
    shopify.trouble.next(SHOP, 'server-error', { on: 'token' });
    const { refreshToken } = exchanged;
    expect(await library('refresh', { refreshToken })).toMatchObject({ status: 500 });
    expect(await library('refresh', { refreshToken })).toHaveProperty('accessToken');
  });

  it('takes the signature of a webhook', async () => {
    const { signBody } = await import('./webhooks.ts');
    const body = '{"token":"hWN","note":"é"}';
    const headers = { 'x-shopify-hmac-sha256': signBody(body, credentials.apiSecret) };
    expect(await library('webhook', { body, headers })).toMatchObject({ valid: true });
    expect(await library('webhook', { body: `${body} `, headers })).toMatchObject({
      valid: false,
      reason: 'invalid_hmac',
    });
  });
});
