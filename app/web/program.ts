import type { RequestListener, Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';

import { createRateLimits } from '#app/access/rate-limits.ts';
import { BootError } from '#app/boot.ts';
import { poolConfig } from '#app/data/connection.ts';
import { checkKeyring } from '#app/data/kek-check.ts';
import { KeyStore } from '#app/data/keys.ts';
import { SigningPublicKeys } from '#app/data/signing-key.ts';
import { type Database, openDatabase } from '#app/data/with-shop.ts';
import { openJobQueue } from '#app/jobs/queue.ts';
import type { AppLog } from '#app/log.ts';
import { Pace } from '#app/privacy/individuals/pace.ts';
import { createShopify } from '#app/shopify/app.ts';
import { recordInstallation } from '#app/shopify/installation.ts';
import { SealedSessionStorage } from '#app/shopify/session-storage.ts';
import type { Keyring } from '#app/vault/keyring.ts';
import { listenForKeyNotices } from '#app/web/key-notices.ts';
import { createWebListener } from '#app/web/listener.ts';
import type { WebContext } from '#app/web/load-context.ts';
import { createDevRemixApp, findProjectDirectory, getBuiltRemixApp } from '#app/web/remix.ts';

const HEALTH_TIMEOUT_MS = 3_000;
/** Of everybody together. One address gets a third of it at most (rate-limits.ts). */
const PUBLIC_FORMS_A_MINUTE = 60;
/** Well above what recording a request takes, so that the answer's time says nothing about the shop. */
const PUBLIC_ANSWER_MS = 400;

export interface WebProgramOptions {
  readonly databaseUrl: string;
  readonly keyring: Keyring;
  readonly shopify: { readonly apiKey: string; readonly apiSecret: string; readonly appUrl: string };
  readonly log: AppLog;
  /** How many proxies of the operator's every request passes. */
  readonly proxies: number;
  /** The server that will listen, when pages come straight from the sources (`npm run dev`). */
  readonly devServer?: Server;
}

export interface WebProgram {
  readonly listener: RequestListener;
  readonly context: WebContext;
  close(): Promise<void>;
}

/**
 * Puts the web program together: database, keys, Shopify, Remix.
 *
 * @throws BootError when the pages have not been built; the database's error when it cannot be reached.
 */
export async function createWebProgram(options: WebProgramOptions): Promise<WebProgram> {
  const { databaseUrl, keyring, log, devServer } = options;
  const directory = findProjectDirectory();
  const remix =
    devServer === undefined ? await getBuiltRemixApp(directory) : await createDevRemixApp(directory, devServer);
  if (remix === null) throw new BootError('The pages have not been built: run "npm run build" first.');

  const db = openDatabase({ url: databaseUrl, applicationName: 'cart-insights web' });
  const keyStore = new KeyStore(keyring);
  try {
    await requireKnownKeyring(databaseUrl, keyring);
    const context = await createWebContext({ ...options, db, keyStore });
    const stopListening = await listenForKeyNotices(databaseUrl, keyStore, log);
    const listener = createWebListener({
      origin: new URL(options.shopify.appUrl).origin,
      proxies: options.proxies,
      staticFiles: remix.staticFiles,
      handle: (request, asked) => remix.handle(request, { ...context, ...asked }),
      isHealthy: () => canReach(db),
      log,
    });
    const close = async () => {
      await remix.close();
      await stopListening();
      await context.jobs.close();
      await db.close();
    };
    return { listener, context, close };
  } catch (error) {
    await remix.close();
    await db.close();
    throw error;
  }
}

/** Everything the routes work with; tests make one without a listener. */
export async function createWebContext(
  options: Pick<WebProgramOptions, 'databaseUrl' | 'keyring' | 'shopify' | 'log'> & {
    readonly db: Database;
    readonly keyStore: KeyStore;
  },
): Promise<WebContext> {
  const { db, keyStore, keyring, databaseUrl, log, shopify: settings } = options;
  const clock = () => new Date();
  const jobs = await openJobQueue({ databaseUrl, log });
  const sessionStorage = new SealedSessionStorage({
    db,
    keyStore,
    log,
    now: clock,
    onTokenIssued: async (tx, shopId, issued) => {
      const { isNew } = await recordInstallation(tx, shopId, issued);
      if (isNew) await jobs.add(tx, 'shop.details', { shopId });
    },
  });
  const shopify = createShopify(settings, { sessionStorage, log });
  const { apiKey, appUrl } = settings;
  const limits = createRateLimits();
  const publicPace = new Pace(PUBLIC_FORMS_A_MINUTE);
  const context = {
    db,
    keyStore,
    keyring,
    shopify,
    jobs,
    log,
    clock,
    limits,
    publicPace,
    publicPatience: () => sleep(PUBLIC_ANSWER_MS),
  };
  const signing = new SigningPublicKeys(keyring);
  return { ...context, publicKeys: (tx) => signing.read(tx), settings: { apiKey, appUrl } };
}

async function requireKnownKeyring(databaseUrl: string, keyring: Keyring): Promise<void> {
  const pool = new pg.Pool(poolConfig(databaseUrl, 'ci_app', { applicationName: 'cart-insights web', max: 1 }));
  try {
    await checkKeyring(pool, keyring);
  } finally {
    await pool.end();
  }
}

async function canReach(db: Database): Promise<boolean> {
  const asked = db.prisma.$queryRaw`SELECT 1`.then(
    () => true,
    () => false,
  );
  return Promise.race([asked, sleep(HEALTH_TIMEOUT_MS, false, { ref: false })]);
}
