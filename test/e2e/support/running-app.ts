import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import pg from 'pg';

import { KeyStore } from '#app/data/keys.ts';
import { type Database, openDatabase } from '#app/data/with-shop.ts';
import { QUEUES } from '#app/jobs/definitions.ts';
import { parseKeyring } from '#app/vault/keyring.ts';
import { createDatabase, createTemplate, findFreePort, startPostgres } from '#test/support/postgres.ts';
import { type ShopifyStandIn, startShopify } from '#test/shopify/index.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const START_TIMEOUT_MS = 180_000;
const POLL_MS = 100;

export type RunningProgram = 'web' | 'edge' | 'worker';

/** The built programs, running as in production: PostgreSQL, the stand-in for Shopify, and what was asked for. */
export interface RunningApp {
  readonly shopify: ShopifyStandIn;
  /** The database as the app sees it; tests seed through it. */
  readonly db: Database;
  readonly keyStore: KeyStore;
  /** Everything the programs have written to standard output and error. */
  readonly output: string[];
  /** Behind the scenes: sees every shop. */
  superuser<Row extends pg.QueryResultRow>(sql: string, params?: unknown[]): Promise<Row[]>;
  /** Cuts a program off, as a crash would, and waits for its end. */
  kill(program: RunningProgram): Promise<void>;
  start(program: RunningProgram): Promise<void>;
  close(): Promise<void>;
}

export interface RunningAppOptions {
  readonly programs: readonly RunningProgram[];
  /** Further environment of the programs. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts all of it on free ports; resolves when the web program answers. */
export async function startRunningApp({ programs, environment = {} }: RunningAppOptions): Promise<RunningApp> {
  const dir = await mkdtemp(join(tmpdir(), 'cart-insights-e2e-'));
  const postgres = await startPostgres({ fsync: false });
  const database = await createDatabase(await createTemplate(postgres, QUEUES));
  const credentials = { apiKey: 'e2e-api-key', apiSecret: 'e2e-api-secret' };
  const shopify = await startShopify({ ...credentials, dir, seed: 7 });
  const [webPort, edgePort] = [await findFreePort(), await findFreePort()];
  shopify.setTargets({ web: `http://127.0.0.1:${String(webPort)}`, edge: `http://127.0.0.1:${String(edgePort)}` });

  const keks = `e2e:${randomBytes(32).toString('base64')}`;
  const output: string[] = [];
  const children = new Map<RunningProgram, ChildProcess>();
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    ...shopify.environment,
    NODE_ENV: 'test',
    LOG_LEVEL: 'info',
    DATABASE_URL: database.url,
    SHOPIFY_API_KEY: credentials.apiKey,
    SHOPIFY_API_SECRET: credentials.apiSecret,
    SHOPIFY_APP_URL: shopify.appUrl,
    CART_INSIGHTS_KEKS: keks,
    PORT: String(webPort),
    EDGE_PORT: String(edgePort),
    ...environment,
  };
  const start = async (program: RunningProgram): Promise<void> => {
    const child = spawn(process.execPath, [join(ROOT, `build/programs/${program}.js`)], { cwd: ROOT, env });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => output.push(data.toString()));
    children.set(program, child);
    if (program !== 'worker') await untilHealthy(program === 'web' ? webPort : edgePort, child, output);
  };
  const stop = async (program: RunningProgram, signal: NodeJS.Signals): Promise<void> => {
    const child = children.get(program);
    children.delete(program);
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };

  const db = openDatabase({ url: database.url, applicationName: 'e2e', max: 2 });
  const pool = new pg.Pool({ connectionString: database.superuserUrl, max: 2 });
  // The server may end before the last connection has said goodbye.
  pool.on('error', () => undefined);
  const close = async (): Promise<void> => {
    await Promise.all([...children.keys()].map((program) => stop(program, 'SIGTERM')));
    await shopify.close();
    await pool.end();
    await db.close();
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    for (const program of programs) await start(program);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    shopify,
    db,
    keyStore: new KeyStore(parseKeyring(keks)),
    output,
    superuser: async <Row extends pg.QueryResultRow>(sql: string, params: unknown[] = []) =>
      (await pool.query<Row>(sql, params)).rows,
    kill: (program) => stop(program, 'SIGKILL'),
    start,
    close,
  };
}

async function untilHealthy(port: number, child: ChildProcess, output: readonly string[]): Promise<void> {
  const giveUpAt = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < giveUpAt && child.exitCode === null) {
    const isHealthy = await fetch(`http://127.0.0.1:${String(port)}/healthz`).then(
      (response) => response.ok,
      () => false,
    );
    if (isHealthy) return;
    await sleep(POLL_MS);
  }
  throw new Error(`The program did not start:\n${output.join('')}`);
}
