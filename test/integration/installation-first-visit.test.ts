import { createHmac, randomUUID } from 'node:crypto';

import { setAbstractFetchFunc } from '@shopify/shopify-api/runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { requireStaff } from '#app/access/staff.ts';
import { createWebContext } from '#app/web/program.ts';
import type { WebContext } from '#app/web/load-context.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

const DOMAIN = 'visited.myshopify.com';
const settings = { apiKey: 'test-api-key', apiSecret: 'test-api-secret', appUrl: 'https://app.example.com' };

let world: ShopWorld;
let context: WebContext;
let exchanges: string[];
let tokenEndpoint: (kind: string) => Response;

beforeAll(async () => {
  world = await openShopWorld();
  context = await createWebContext({ ...world, databaseUrl: world.database.url, shopify: settings });
  setAbstractFetchFunc(async (input, init) => {
    const request = new Request(input, init);
    expect(request.url).toBe(`https://${DOMAIN}/admin/oauth/access_token`);
    const body = (await request.json()) as { requested_token_type: string; expiring: string };
    const kind = body.requested_token_type.includes('offline') ? 'offline' : 'online';
    expect(body.expiring).toBe('1');
    exchanges.push(kind);
    return tokenEndpoint(kind);
  });
});
afterAll(async () => {
  await context.jobs.close();
  await world.close();
});
beforeEach(async () => {
  await world.superuser('TRUNCATE app.shops, app.sessions, keys.shop_keys, pgboss.job CASCADE');
  world.keyStore.forgetAll();
  exchanges = [];
  tokenEndpoint = issue;
});

function issue(kind: string): Response {
  const common = { access_token: `token_${randomUUID()}`, scope: 'read_orders,read_products' };
  if (kind === 'offline') {
    const refresh = { refresh_token: 'shprt_1', refresh_token_expires_in: 7_776_000 };
    return Response.json({ ...common, ...refresh, expires_in: 3600 });
  }
  const user = { id: 7, first_name: 'Odile', last_name: 'Staff', email: 'odile@staff.example', account_owner: true };
  return Response.json({ ...common, expires_in: 86_399, associated_user_scope: '', associated_user: user });
}

function sessionToken(secret = settings.apiSecret): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const seconds = Math.floor(Date.now() / 1000);
  const claims = {
    iss: `https://${DOMAIN}/admin`,
    dest: `https://${DOMAIN}`,
    aud: settings.apiKey,
    sub: '7',
    exp: seconds + 60,
    nbf: seconds - 1,
    iat: seconds,
    jti: randomUUID(),
    sid: 'session',
  };
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

const requestWith = (token: string) =>
  new Request(`${settings.appUrl}/app`, {
    headers: { authorization: `Bearer ${token}`, 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)' },
  });
const visit = (token = sessionToken()) => context.shopify.authenticate.admin(requestWith(token));

describe('the first visit of a staff member', () => {
  it('exchanges both tokens, begins the installation and asks for the details of the shop', async () => {
    const { session } = await visit();
    expect(session.id).toBe(`${DOMAIN}_7`);
    expect(session.onlineAccessInfo?.associated_user.account_owner).toBe(true);
    expect(exchanges).toEqual(['offline', 'online']);
    expect(await world.superuser('SELECT domain, status, epoch, onboarded_at, granted_scopes FROM app.shops')).toEqual([
      {
        domain: DOMAIN,
        status: 'installed',
        epoch: 1,
        onboarded_at: null,
        granted_scopes: ['read_orders', 'read_products'],
      },
    ]);
    const sessions = await world.superuser('SELECT id, is_online FROM app.sessions ORDER BY is_online');
    expect(sessions).toEqual([
      { id: `offline_${DOMAIN}`, is_online: false },
      { id: `${DOMAIN}_7`, is_online: true },
    ]);
    const [shop] = await world.superuser<{ id: string }>('SELECT id FROM app.shops');
    expect(await world.superuser('SELECT name, data FROM pgboss.job')).toEqual([
      { name: 'shop.details', data: { shopId: shop?.id } },
    ]);
  });

  it('is followed by visits that ask Shopify for nothing', async () => {
    await visit();
    await visit();
    expect(exchanges).toHaveLength(2);
  });

  it('counts as an installation even when the second exchange fails; the next visit completes it', async () => {
    tokenEndpoint = (kind) => (kind === 'offline' ? issue(kind) : new Response('{}', { status: 500 }));
    await expect(visit()).rejects.toMatchObject({ status: 500 });
    expect(await world.superuser('SELECT status, epoch FROM app.shops')).toEqual([{ status: 'installed', epoch: 1 }]);
    tokenEndpoint = issue;
    await visit();
    expect(await world.superuser('SELECT status, epoch FROM app.shops')).toEqual([{ status: 'installed', epoch: 1 }]);
  });

  it.each([
    ['answers 502 with a page of its own', () => new Response('<html>', { status: 502 })],
    ['answers 429', () => Response.json({ errors: 'slow down' }, { status: 429 })],
    ['cannot be reached', () => Promise.reject(new TypeError('fetch failed')) as never],
  ])('waits when Shopify %s; whoever has uninstalled is told so', async (_, answer) => {
    tokenEndpoint = answer;
    const asking = () => requireStaff(requestWith(sessionToken()), context);
    await expect(asking()).rejects.toMatchObject({ code: 'shopify.unreachable' });
    tokenEndpoint = issue;
    await visit();
    await world.superuser('DELETE FROM app.sessions');
    tokenEndpoint = answer;
    await expect(asking()).rejects.toMatchObject({ code: 'shopify.unreachable' });
    await world.superuser(`UPDATE app.shops SET status = 'uninstalled'`);
    await expect(asking()).rejects.toMatchObject({ status: 403 });
  });

  it('that comes as several requests at once begins one installation', async () => {
    await Promise.all([visit(), visit(), visit()]);
    expect(await world.superuser('SELECT epoch FROM app.shops')).toEqual([{ epoch: 1 }]);
    expect(await world.superuser('SELECT 1 FROM pgboss.job')).toHaveLength(1);
  });

  it('with a token that we did not get from Shopify leaves no trace', async () => {
    await expect(visit(sessionToken('another-secret'))).rejects.toMatchObject({ status: 401 });
    expect(exchanges).toEqual([]);
    expect(await world.superuser('SELECT 1 FROM app.shops')).toEqual([]);
  });

  it('leaves neither tokens nor names in the log', async () => {
    const token = sessionToken();
    await visit(token);
    const log = world.logLines.join('');
    expect(log).toContain('shopify.library');
    expect(log).not.toMatch(/token_|shprt_|Odile|odile@/);
    expect(log).not.toContain(token);
  });
});
