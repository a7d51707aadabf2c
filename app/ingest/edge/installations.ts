import { setTimeout as sleep } from 'node:timers/promises';

import { Client, type ClientConfig, type Pool } from 'pg';

import type { AppLog } from '#app/log.ts';
import { SHOPS_CHANNEL } from '#app/shopify/installation.ts';

/** What the edge knows of a shop. */
export interface Installation {
  readonly shopId: string;
  /** Installed and onboarded: its webhooks are stored. */
  readonly isActive: boolean;
  /** It has been installed and not erased since: a request about its customers is stored with its body. */
  readonly hasKeys: boolean;
}

interface InstallationRow {
  shop_id: string;
  domain: string;
  active: boolean;
  has_keys: boolean;
}

/** A "no" from the database holds this long before the database is asked again. */
const NO_HOLDS_MS = 2_000;
const RECONNECT_MS = 500;

/**
 * Which shops are active. Memory only makes "yes" fast: a "no" is always the database's, at most two seconds old, since
 * what is dropped is lost. A "yes" that is no longer true is caught by the commit, which looks again.
 */
export class Installations {
  readonly #pool: Pool;
  readonly #listenConfig: ClientConfig;
  readonly #log: AppLog;
  readonly #now: () => number;
  readonly #byDomain = new Map<string, Installation>();
  /** When the database last said of a domain that it is unknown or inactive. */
  readonly #noAt = new Map<string, number>();
  #asking: { domains: Set<string>; answer: Promise<void> } | null = null;
  #listener: Client | null = null;
  #stopped = false;

  /** @param pool acts as `ci_edge`. */
  constructor(pool: Pool, listenConfig: ClientConfig, log: AppLog, now: () => number = Date.now) {
    this.#pool = pool;
    this.#listenConfig = listenConfig;
    this.#log = log;
    this.#now = now;
  }

  /** Loads all installations and keeps up with their changes. @throws when the database is away. */
  async start(): Promise<void> {
    await this.#listen();
    await this.#refresh(null);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#listener?.end().catch(() => undefined);
  }

  /**
   * The shop of a domain; null when we have never met it.
   *
   * @throws when memory does not know it as active and the database cannot be asked.
   */
  async get(domain: string): Promise<Installation | null> {
    const known = this.#byDomain.get(domain);
    if (known?.isActive === true) return known;
    const noAt = this.#noAt.get(domain);
    if (noAt === undefined || this.#now() - noAt >= NO_HOLDS_MS) await this.#ask(domain);
    return this.#byDomain.get(domain) ?? null;
  }

  /** Asks for all domains wanted in this turn of the event loop at once. */
  #ask(domain: string): Promise<void> {
    if (this.#asking === null) {
      const domains = new Set<string>();
      const answer = Promise.resolve().then(() => {
        this.#asking = null;
        return this.#refresh([...domains]);
      });
      this.#asking = { domains, answer };
    }
    this.#asking.domains.add(domain);
    return this.#asking.answer;
  }

  async #refresh(domains: readonly string[] | null): Promise<void> {
    const { rows } = await this.#pool.query<InstallationRow>(
      'SELECT shop_id, domain, active, has_keys FROM inbox.installations($1::text[])',
      [domains],
    );
    const at = this.#now();
    if (this.#noAt.size > 10_000) this.#noAt.clear();
    if (domains === null) {
      this.#byDomain.clear();
      this.#noAt.clear();
    }
    for (const domain of domains ?? []) {
      this.#byDomain.delete(domain);
      this.#noAt.set(domain, at);
    }
    for (const { shop_id, domain, active, has_keys } of rows) {
      this.#byDomain.set(domain, { shopId: shop_id, isActive: active, hasKeys: has_keys });
      if (active) this.#noAt.delete(domain);
    }
  }

  async #listen(): Promise<void> {
    const client = new Client(this.#listenConfig);
    client.on('notification', ({ payload = '' }) => {
      this.#refresh(payload === '' ? null : [payload]).catch(() => {
        // The commit looks again before it stores, and a "no" is asked for again: a missed notice costs a look.
        this.#byDomain.delete(payload);
      });
    });
    client.on('error', () => {
      this.#log.warn('edge.listener-lost', {});
    });
    client.on('end', () => {
      if (this.#listener === client) void this.#relisten();
    });
    await client.connect();
    await client.query(`LISTEN ${SHOPS_CHANNEL}`);
    this.#listener = client;
  }

  /** Notices may have been missed: everything is loaded anew. */
  async #relisten(): Promise<void> {
    this.#listener = null;
    while (!this.#stopped && this.#listener === null) {
      await sleep(RECONNECT_MS);
      try {
        await this.#listen();
        await this.#refresh(null);
      } catch {
        // Still away.
      }
    }
  }
}
