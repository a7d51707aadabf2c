import type { ClientConfig, Pool } from 'pg';

import { SHOPS_CHANNEL } from '#app/data/channels.ts';
import { Listener } from '#app/data/listener.ts';
import type { AppLog } from '#app/log.ts';

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

/** What the database said of a domain; null: we have never met it. */
interface Answer {
  readonly shop: Installation | null;
  /** Number of the question, so that a slow answer does not take the place of a later one's. */
  readonly question: number;
  /** When it was asked. */
  readonly at: number;
}

/** A "no" from the database holds this long before the database is asked again. */
const NO_HOLDS_MS = 2_000;
/** Signed messages of unknown shops are few; should they be many, what is known of them is forgotten. */
const MAX_UNKNOWN = 10_000;

/**
 * Which shops are active. Memory only makes "yes" fast: a "no" is always the database's, at most two seconds old, since
 * what is dropped is lost. A "yes" that is no longer true is caught by the commit, which looks again.
 */
export class Installations {
  readonly #pool: Pool;
  readonly #listener: Listener;
  readonly #now: () => number;
  readonly #answers = new Map<string, Answer>();
  #questions = 0;
  #forgetAt = MAX_UNKNOWN;
  #asking: { domains: Set<string>; answer: Promise<void> } | null = null;

  /** @param pool acts as `ci_edge`. */
  constructor(pool: Pool, listenConfig: ClientConfig, log: AppLog, now: () => number = Date.now) {
    this.#pool = pool;
    this.#now = now;
    this.#listener = new Listener({
      config: listenConfig,
      channels: [SHOPS_CHANNEL],
      onNotice: (_channel, domain) => {
        this.#refresh(domain === '' ? null : [domain]).catch(() => {
          // The commit looks again before it stores, and a "no" is asked for again: a missed notice costs a look.
          this.#answers.delete(domain);
        });
      },
      onListening: () => this.#refresh(null),
      onLost: () => {
        log.warn('edge.listener-lost', {});
      },
    });
  }

  /** Loads all installations and keeps up with their changes. @throws when the database is away. */
  async start(): Promise<void> {
    await this.#listener.start();
  }

  async stop(): Promise<void> {
    await this.#listener.stop();
  }

  /** The shop of a domain that memory knows as active, else null: then ask `get`. */
  getActive(domain: string): Installation | null {
    const shop = this.#answers.get(domain)?.shop;
    return shop?.isActive === true ? shop : null;
  }

  /**
   * The shop of a domain; null when we have never met it.
   *
   * @throws when memory does not know it as active and the database cannot be asked.
   */
  async get(domain: string): Promise<Installation | null> {
    const active = this.getActive(domain);
    if (active !== null) return active;
    const known = this.#answers.get(domain);
    if (known === undefined || this.#now() - known.at >= NO_HOLDS_MS) await this.#ask(domain);
    return this.#answers.get(domain)?.shop ?? null;
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

  /** @param domains null: all there are. */
  async #refresh(domains: readonly string[] | null): Promise<void> {
    this.#questions += 1;
    const question = this.#questions;
    const at = this.#now();
    const { rows } = await this.#pool.query<InstallationRow>(
      'SELECT shop_id, domain, active, has_keys FROM inbox.installations($1::text[])',
      [domains],
    );
    const found = new Map(rows.map((row) => [row.domain, row]));
    for (const domain of domains ?? new Set([...this.#answers.keys(), ...found.keys()])) {
      if ((this.#answers.get(domain)?.question ?? 0) > question) continue;
      const row = found.get(domain);
      const shop = row === undefined ? null : { shopId: row.shop_id, isActive: row.active, hasKeys: row.has_keys };
      this.#answers.set(domain, { shop, question, at });
    }
    if (this.#answers.size > this.#forgetAt) this.#forgetUnknown();
  }

  #forgetUnknown(): void {
    for (const [domain, { shop }] of this.#answers) if (shop === null) this.#answers.delete(domain);
    this.#forgetAt = this.#answers.size + MAX_UNKNOWN;
  }
}
