import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { bundleForBrowser } from '../bundle.ts';
import type { GrantedScopes } from '../granted-scopes.ts';
import { readBody } from '../http.ts';
import { signSessionToken, type Credentials } from '../session-token.ts';
import type { ActivityLog } from '../storefront/activity.ts';
import type { Crowd } from '../storefront/crowd.ts';
import type { Delivery, Webhooks } from '../webhooks.ts';
import type { Shop } from '../world/shops.ts';
import { STAFF_ROLES } from '../world/staff.ts';
import { requireStaff, type World } from '../world/world.ts';
import { getStandInAsset } from './cdn.ts';
import { frameUrl } from './frame-url.ts';
import type { Html } from './html.ts';
import { shopsPage } from './shops-page.ts';
import { storePage } from './store-page.ts';

export interface AdminPageOptions {
  readonly world: World;
  readonly credentials: Credentials;
  readonly webhooks: Webhooks;
  readonly crowd: Crowd;
  readonly activity: ActivityLog;
  readonly scopes: GrantedScopes;
  readonly appOrigin: () => string;
  readonly now: () => Date;
  readonly install: (shop: Shop) => void;
  readonly uninstall: (shop: Shop) => Promise<unknown>;
  readonly changeScopes: (shop: Shop, granted: readonly string[]) => Promise<unknown>;
  readonly comply: (shop: Shop, topic: string, customerId: number) => Promise<Delivery | null>;
}

interface Reply {
  readonly status?: number;
  readonly type: string;
  readonly body: string;
}

const json = (value: unknown): Reply => ({ type: 'application/json', body: JSON.stringify(value) });
const page = (value: Html): Reply => ({ type: 'text/html; charset=utf-8', body: value.text });
const NOT_FOUND: Reply = { status: 404, type: 'text/plain', body: 'Not found\n' };
const FORBIDDEN: Reply = { status: 403, type: 'text/plain', body: 'Forbidden\n' };

/** Serves the stand-in's admin: shops, the page that frames the app, the CDN's part, and a small API of its own. */
export function createAdminPage(options: AdminPageOptions): Server {
  const { world, credentials, now } = options;
  const css = readFileSync(new URL('./admin.css', import.meta.url), 'utf8');
  const script = bundleForBrowser('./admin-page/browser/main.ts');
  const appBridge = bundleForBrowser('./app-bridge/app-bridge.ts');

  const shopOf = (handle: string): Shop | null => world.getShop(`${handle}.myshopify.com`);
  const staffOf = (shop: Shop, url: URL) =>
    requireStaff(shop, STAFF_ROLES.find((role) => role === url.searchParams.get('as')) ?? 'owner');

  const showStore = (url: URL, handle: string, rest: string): Reply => {
    const shop = shopOf(handle);
    if (!shop) return NOT_FOUND;
    const staff = staffOf(shop, url);
    const inApp = rest === '' || rest === '/' ? '/' : /^\/apps\/[^/]+(.*)$/.exec(rest)?.[1];
    const appQuery = new URLSearchParams(url.searchParams);
    appQuery.delete('as');
    const path = `${inApp || '/'}${appQuery.size > 0 ? `?${appQuery}` : ''}`;
    return page(
      storePage({
        shop,
        staff,
        scopes: options.scopes.detail(shop.domain).required,
        appOrigin: options.appOrigin(),
        elsewhere: inApp === undefined ? rest : null,
        frameUrl: shop.installed ? frameUrl(options.appOrigin(), path, credentials, shop, staff, now()) : null,
      }),
    );
  };

  const act = async (shop: Shop, action: string, body: Record<string, unknown>): Promise<Reply> => {
    switch (action) {
      case 'install':
        options.install(shop);
        return json({ installed: true });
      case 'uninstall':
        await options.uninstall(shop);
        return json({ installed: false });
      case 'scopes':
        // The webhook that tells the app of it goes its own way, as Shopify's does.
        void options.changeScopes(shop, (body['granted'] as unknown[]).map(String));
        return json(options.scopes.detail(shop.domain));
      case 'shoppers':
        options.crowd.setSize(shop, Number(body['size']) || 0);
        return json({ size: options.crowd.size(shop) });
      case 'compliance': {
        const delivery = await options.comply(shop, String(body['topic']), Number(body['customerId']));
        return json({ status: delivery?.status ?? null });
      }
      default:
        return NOT_FOUND;
    }
  };

  const answer = async (request: IncomingMessage): Promise<Reply> => {
    const origin = `http://${request.headers.host}`;
    const url = new URL(request.url ?? '/', origin);
    const api = /^\/api\/shops\/([^/]+)\/(\w+)$/.exec(url.pathname);
    const shop = api?.[1] === undefined ? null : shopOf(api[1]);
    if (request.method === 'POST') {
      // Other web pages must not be able to press these buttons; programs send no Origin.
      if (![undefined, origin].includes(request.headers.origin)) return FORBIDDEN;
      const body = JSON.parse((await readBody(request)).toString() || '{}') as Record<string, unknown>;
      return shop ? act(shop, api?.[2] ?? '', body) : NOT_FOUND;
    }
    if (shop && api?.[2] === 'activity') {
      const lines = options.activity.since(shop.domain, Number(url.searchParams.get('after')));
      return json({ shoppers: options.crowd.size(shop), lines, webhooks: options.webhooks.counts(shop.domain) });
    }
    if (shop && api?.[2] === 'scopes') return json(options.scopes.detail(shop.domain));
    if (url.pathname === '/') return page(shopsPage(world.shops()));
    if (url.pathname === '/assets/admin.css') return { type: 'text/css', body: css };
    if (url.pathname === '/assets/admin.js') return { type: 'text/javascript', body: script };
    if (url.pathname === '/cdn/shopifycloud/app-bridge.js') return { type: 'text/javascript', body: appBridge };
    if (url.pathname.startsWith('/cdn/')) return getStandInAsset(world, url.pathname) ?? NOT_FOUND;
    if (url.pathname === '/api/id-token') {
      const of = shopOf(url.searchParams.get('store') ?? '');
      return of ? json({ token: signSessionToken(credentials, of, staffOf(of, url), now()) }) : NOT_FOUND;
    }
    const store = /^\/store\/([^/]+)(\/.*)?$/.exec(url.pathname);
    return store ? showStore(url, store[1] ?? '', store[2] ?? '') : NOT_FOUND;
  };

  const send = (response: ServerResponse, reply: Reply): void => {
    const cache = reply.type === 'image/svg+xml' ? 'public, max-age=3600' : 'no-store';
    const headers = { 'content-type': reply.type, 'cache-control': cache, 'x-content-type-options': 'nosniff' };
    response.writeHead(reply.status ?? 200, headers).end(reply.body);
  };
  return createServer((request, response) => {
    answer(request).then(
      (reply) => send(response, reply),
      (error: unknown) => send(response, { status: 500, type: 'text/plain', body: `${String(error)}\n` }),
    );
  });
}
