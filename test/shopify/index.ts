/** The stand-in for Shopify. See README.md beside this file. */
import { randomInt, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createAccessTokens } from './admin-api/access-tokens.ts';
import { createAdminApi, type AdminRequest } from './admin-api/admin-api.ts';
import { createTroubleMaker, type TroubleMaker } from './admin-api/trouble.ts';
import { createAdminPage } from './admin-page/admin-page.ts';
import { createAuthority, writeAuthority } from './certificates.ts';
import { createFront, type AppTargets } from './front.ts';
import { createGrantedScopes } from './granted-scopes.ts';
import { closeServer, listen } from './http.ts';
import { createHttpsProxy } from './https-proxy.ts';
import {
  customerRedactPayload,
  dataRequestPayload,
  scopesPayload,
  shopPayload,
  shopRedactPayload,
  type Payload,
} from './payloads/index.ts';
import { createRandom } from './random.ts';
import { signSessionToken, type SessionClaims } from './session-token.ts';
import { readState, writeState } from './state-file.ts';
import { createActivityLog } from './storefront/activity.ts';
import { createCrowd } from './storefront/crowd.ts';
import { createStorefront, type Storefront, type StorefrontOptions } from './storefront/storefront.ts';
import { inWeather, type Weather } from './storefront/weather.ts';
import { readAppConfiguration } from './subscriptions.ts';
import { createWebhooks, type Delivery, type DeliveryOptions, type ShopEvent } from './webhooks.ts';
import type { Shop, ShopSeed } from './world/shops.ts';
import type { StaffMember } from './world/staff.ts';
import { createWorld, requireStaff } from './world/world.ts';

export interface ShopifyOptions {
  readonly apiKey: string;
  readonly apiSecret: string;
  /** Where the CA certificate and the kept state are written. */
  readonly dir: string;
  /** Ports on 127.0.0.1; free ones when not told. */
  readonly adminPort?: number;
  readonly frontPort?: number;
  readonly proxyPort?: number;
  /** Where the app listens; may be told later with `setTargets`. */
  readonly appTarget?: AppTargets;
  /** The app as the browser sees it, when that is not the front's own origin. */
  readonly appOrigin?: string;
  /** Makes the crowd repeatable. Default: another crowd at every start. */
  readonly seed?: number;
  /** People shopping at every shop that has the app. Default 0. */
  readonly shoppers?: number;
  /** A shopper acts every so many milliseconds. */
  readonly paceMs?: { readonly min: number; readonly max: number };
  /** Domains of shops that have the app from the start, unless an earlier run was kept. */
  readonly installed?: readonly string[];
  /** Further shops. */
  readonly shops?: readonly ShopSeed[];
  readonly weather?: Weather;
  /** shopify.app.toml of the app. Default: in the working directory. */
  readonly configurationFile?: string;
  /** First pause before a webhook is retried, and how many retries there are. Shopify: 8 in 4 hours. */
  readonly backOffMs?: number;
  readonly retries?: number;
  /** How long the trouble `slow` lasts. */
  readonly slowMs?: number;
  /** Keeps installations and tokens for the next start. Default false. */
  readonly keepState?: boolean;
  readonly now?: () => Date;
}

/** What `deliver` needs to know of an event; the rest is made up. */
export interface EventSeed {
  readonly shop: string;
  readonly topic: string;
  readonly payload: Payload;
  readonly eventId?: string;
  readonly triggeredAt?: Date;
}

export type ComplianceTopic = 'customers/data_request' | 'customers/redact' | 'shop/redact';

export interface ShopifyStandIn {
  /** The stand-in's admin: the page to open. */
  readonly adminUrl: string;
  /** The app as the browser sees it. */
  readonly appUrl: string;
  /** HTTPS_PROXY of the app. */
  readonly proxyUrl: string;
  /** NODE_EXTRA_CA_CERTS of the app. */
  readonly caFile: string;
  /** The three settings above as the environment the app is started with. */
  readonly environment: Readonly<Record<string, string>>;
  shops(): readonly Shop[];
  addShop(seed: ShopSeed): Shop;
  requireShop(domain: string): Shop;
  /** Installs the app: from now on tokens are given out and webhooks sent. */
  install(domain: string): Shop;
  /** Revokes every token and sends app/uninstalled. */
  uninstall(domain: string): Promise<Delivery[]>;
  /** Changes what the shop grants and sends app/scopes_update. */
  changeScopes(domain: string, scopes: readonly string[]): Promise<Delivery[]>;
  comply(domain: string, topic: ComplianceTopic, customerId: number): Promise<Delivery[]>;
  deliver(event: EventSeed, options?: DeliveryOptions): Promise<Delivery[]>;
  /** Delivers an event that a storefront recorded. */
  deliverEvent(event: ShopEvent, options?: DeliveryOptions): Promise<Delivery[]>;
  readonly deliveries: readonly Delivery[];
  storefront(domain: string, options?: StorefrontOptions): Storefront;
  setShoppers(domain: string, size: number): void;
  idToken(domain: string, role: StaffMember['role'], overrides?: Partial<SessionClaims>): string;
  /** Every request the app made to the Admin API. */
  readonly requests: readonly AdminRequest[];
  /** Everything the app tried to reach, or asked Shopify for, that nobody expected. A test fails when it is not empty. */
  readonly unexpectedOutbound: string[];
  /** Makes coming Admin API requests go wrong. */
  readonly trouble: Pick<TroubleMaker, 'next'>;
  readonly tokens: { expire(domain: string): void; refreshCount(domain: string): number };
  setTargets(targets: AppTargets): void;
  close(): Promise<void>;
}

const DEFAULTS = { paceMs: { min: 1_500, max: 6_000 }, backOffMs: 250, retries: 8, slowMs: 3_000 };

/** Starts everything on 127.0.0.1 and resolves when it listens. */
export async function startShopify(options: ShopifyOptions): Promise<ShopifyStandIn> {
  const settings = { ...DEFAULTS, ...options };
  const now = options.now ?? ((): Date => new Date());
  const credentials = { apiKey: options.apiKey, apiSecret: options.apiSecret };
  const random = createRandom(options.seed ?? randomInt(2 ** 32));
  // Read once: Shopify, too, learns of changes only by `shopify app deploy`.
  const configuration = readAppConfiguration(options.configurationFile ?? 'shopify.app.toml');
  const stateFile = join(options.dir, 'shopify-stand-in.json');
  const kept = options.keepState ? readState(stateFile) : null;
  const unexpectedOutbound: string[] = [];
  const unexpected = (what: string): void => void unexpectedOutbound.push(what);

  const scopes = createGrantedScopes(configuration, kept?.scopes);
  const world = createWorld();
  options.shops?.forEach(world.addShop);
  for (const domain of kept?.installed ?? options.installed ?? []) world.requireShop(domain).installed = true;
  for (const shop of world.shops()) shop.lastOrderNumber = kept?.orderNumbers[shop.domain] ?? shop.lastOrderNumber;

  const keep = (): void => {
    if (!options.keepState) return;
    const shops = world.shops();
    writeState(stateFile, {
      installed: shops.filter((shop) => shop.installed).map((shop) => shop.domain),
      orderNumbers: Object.fromEntries(shops.map((shop) => [shop.domain, shop.lastOrderNumber])),
      grants: tokens.grants(),
      scopes: scopes.all(),
    });
  };
  const tokens = createAccessTokens(now, kept?.grants ?? [], keep);
  const trouble = createTroubleMaker();

  const admin = createAdminApi({
    world,
    credentials,
    tokens,
    trouble,
    scopes: (shop) => scopes.of(shop.domain),
    now,
    slowMs: settings.slowMs,
    unexpected,
  });
  const authority = createAuthority();
  const caFile = writeAuthority(authority, options.dir);
  const proxy = createHttpsProxy(authority, admin.handle, unexpected);

  let targets: AppTargets | null = options.appTarget ?? null;
  const webhooks = createWebhooks({
    secret: options.apiSecret,
    configuration,
    origin: () => targets?.edge ?? null,
    backOffMs: settings.backOffMs,
    retries: settings.retries,
  });
  const activity = createActivityLog(now);
  const crowdWebhooks = inWeather(webhooks, options.weather ?? {}, random.fork());
  const crowd = createCrowd({
    storefront: (shop) => createStorefront(shop, crowdWebhooks, now),
    random: random.fork(),
    activity,
    paceMs: settings.paceMs,
  });

  const eventOf = (shop: Shop, topic: string, payload: Payload): ShopEvent => ({
    shop,
    topic,
    payload,
    eventId: randomUUID(),
    triggeredAt: now(),
  });
  const install = (shop: Shop): void => {
    shop.installed = true;
    if (options.shoppers && crowd.size(shop) === 0) crowd.setSize(shop, options.shoppers);
    keep();
  };
  const uninstall = (shop: Shop): Promise<Delivery[]> => {
    shop.installed = false;
    crowd.setSize(shop, 0);
    scopes.forget(shop.domain);
    tokens.revoke(shop.domain);
    return webhooks.deliver(eventOf(shop, 'app/uninstalled', shopPayload(shop, now())));
  };
  const changeScopes = (shop: Shop, granted: readonly string[]): Promise<Delivery[]> => {
    const previous = scopes.of(shop.domain);
    scopes.set(shop.domain, granted);
    tokens.rescope(shop.domain, granted);
    return webhooks.deliver(eventOf(shop, 'app/scopes_update', scopesPayload(shop, previous, granted, now())));
  };
  const comply = (shop: Shop, topic: ComplianceTopic, customerId: number): Promise<Delivery[]> => {
    const who = shop.customers.find((customer) => customer.id === customerId);
    if (topic === 'shop/redact') return webhooks.deliver(eventOf(shop, topic, shopRedactPayload(shop)));
    if (!who) throw new Error(`${shop.domain} has no customer ${customerId}`);
    const orders = shop.orderIds.get(customerId) ?? [];
    const payload =
      topic === 'customers/redact'
        ? customerRedactPayload(shop, who, orders)
        : dataRequestPayload(shop, who, orders, random.int(1_000, 999_999));
    return webhooks.deliver(eventOf(shop, topic, payload));
  };

  let adminUrl = '';
  let frontUrl = '';
  const appOrigin = (): string => options.appOrigin ?? frontUrl;
  const front = createFront(
    () => targets,
    () => adminUrl,
  );
  const adminPage = createAdminPage({
    world,
    credentials,
    webhooks,
    crowd,
    activity,
    scopes,
    appOrigin,
    now,
    install,
    uninstall,
    changeScopes,
    comply: async (shop, topic, customerId) => {
      const known = (['customers/data_request', 'customers/redact', 'shop/redact'] as const).find(
        (one) => one === topic,
      );
      return known ? ((await comply(shop, known, customerId))[0] ?? null) : null;
    },
  });
  [adminUrl, frontUrl] = await Promise.all([
    listen(adminPage, options.adminPort),
    listen(front.server, options.frontPort),
  ]);
  const proxyUrl = await listen(proxy.server, options.proxyPort);
  world
    .shops()
    .filter((shop) => shop.installed)
    .forEach(install);

  return {
    adminUrl,
    appUrl: appOrigin(),
    proxyUrl,
    caFile,
    environment: {
      NODE_USE_ENV_PROXY: '1',
      HTTPS_PROXY: proxyUrl,
      HTTP_PROXY: proxyUrl,
      NO_PROXY: '127.0.0.1,localhost',
      NODE_EXTRA_CA_CERTS: caFile,
    },
    shops: world.shops,
    addShop: world.addShop,
    requireShop: world.requireShop,
    install: (domain) => {
      const shop = world.requireShop(domain);
      install(shop);
      return shop;
    },
    uninstall: (domain) => uninstall(world.requireShop(domain)),
    changeScopes: (domain, granted) => changeScopes(world.requireShop(domain), granted),
    comply: (domain, topic, customerId) => comply(world.requireShop(domain), topic, customerId),
    deliver: ({ shop, topic, payload, ...rest }, wishes) =>
      webhooks.deliver({ ...eventOf(world.requireShop(shop), topic, payload), ...rest }, wishes),
    deliverEvent: webhooks.deliver,
    deliveries: webhooks.deliveries,
    storefront: (domain, wishes) => createStorefront(world.requireShop(domain), webhooks, now, wishes),
    setShoppers: (domain, size) => crowd.setSize(world.requireShop(domain), size),
    idToken: (domain, role, overrides) => {
      const shop = world.requireShop(domain);
      return signSessionToken(credentials, shop, requireStaff(shop, role), now(), overrides);
    },
    requests: admin.requests,
    unexpectedOutbound,
    trouble,
    tokens,
    setTargets: (next) => {
      targets = next;
    },
    close: async () => {
      await crowd.close();
      webhooks.close();
      keep();
      await Promise.all([proxy.close(), front.close(), closeServer(adminPage)]);
    },
  };
}
