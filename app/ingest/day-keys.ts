import type { InboxKeys } from '#app/ingest/inbox-place.ts';
import { deriveInboxKey } from '#app/vault/derive.ts';
import type { VaultKey } from '#app/vault/vault-key.ts';
import type { Keyring } from '#app/vault/keyring.ts';

export interface DayKeyRow {
  readonly day: string;
  readonly kek_id: string;
  readonly wrapped: Buffer;
}

/** Runs `sql` as a role that may call `inbox.day_keys()`. */
export type QueryDayKeys = (sql: string) => Promise<DayKeyRow[]>;

const SELECT_DAYS = `SELECT to_char(day, 'YYYY-MM-DD') AS day, kek_id, wrapped FROM inbox.day_keys()`;
const MAX_DERIVED = 50_000;
/** A day that is missing is looked for at most this often. */
const RELOAD_AFTER_MS = 1_000;

/** What a day's wrapped secret is bound to. */
export function dayContext(day: string) {
  return { owner: 'inbox', purpose: 'day', version: day };
}

/** The days' secrets, loaded ahead, and the keys of shops derived from them. A day that was closed is gone with the next load. */
export class InboxDayKeys implements InboxKeys {
  readonly #query: QueryDayKeys;
  readonly #keyring: Keyring;
  readonly #now: () => number;
  #loadedAt = -Infinity;
  #loading: Promise<void> = Promise.resolve();
  #secrets = new Map<string, Buffer>();
  /** By day, then by shop. */
  #derived = new Map<string, Map<string, VaultKey>>();
  #derivedCount = 0;

  constructor(query: QueryDayKeys, keyring: Keyring, now: () => number = Date.now) {
    this.#query = query;
    this.#keyring = keyring;
    this.#now = now;
  }

  /** Reads which days are open. @throws when the database is away or a secret does not unwrap. */
  async load(): Promise<void> {
    const rows = await this.#query(SELECT_DAYS);
    const secrets = new Map<string, Buffer>();
    for (const { day, kek_id, wrapped } of rows) {
      secrets.set(
        day,
        this.#secrets.get(day) ?? (await this.#keyring.unwrap(kek_id, Buffer.from(wrapped), dayContext(day))),
      );
    }
    const closed = [...this.#secrets.keys()].some((day) => !secrets.has(day));
    if (closed) this.#forget();
    this.#secrets = secrets;
  }

  /**
   * Reads again which days are open, unless that was done a moment ago; who comes while it is done waits for it. Says
   * nothing of failures: the key is just not there.
   */
  async loadIfStale(): Promise<void> {
    const now = this.#now();
    if (now - this.#loadedAt >= RELOAD_AFTER_MS) {
      this.#loadedAt = now;
      this.#loading = this.load().catch(() => undefined);
    }
    await this.#loading;
  }

  keyOf(day: string, shopId: string): VaultKey | null {
    return this.#derive(day, shopId);
  }

  #derive(day: string, shopId: string): VaultKey | null {
    const known = this.#derived.get(day)?.get(shopId);
    if (known !== undefined) return known;
    const secret = this.#secrets.get(day);
    if (secret === undefined) return null;
    const key = deriveInboxKey(secret, day, shopId);
    if (this.#derivedCount >= MAX_DERIVED) this.#forget();
    const ofDay = this.#derived.get(day) ?? new Map<string, VaultKey>();
    this.#derived.set(day, ofDay.set(shopId, key));
    this.#derivedCount += 1;
    return key;
  }

  #forget(): void {
    this.#derived = new Map();
    this.#derivedCount = 0;
  }
}
