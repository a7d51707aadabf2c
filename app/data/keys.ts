import { asKeyRole } from '#app/data/key-role.ts';
import {
  emailVersionsOf,
  insertShopKeys,
  selectShopKeys,
  SHOP_KEY_PURPOSES,
  type ShopKeys,
  unwrapShopKeys,
  wipeShopKeys,
} from '#app/data/shop-keys.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { type SubjectScope, subjectContext } from '#app/data/subject-scope.ts';
import { readHeader } from '#app/vault/envelope.ts';
import type { VaultKey } from '#app/vault/vault-key.ts';
import type { Keyring } from '#app/vault/keyring.ts';
import { random } from '#app/vault/random.ts';
import { newSecret, unwrapSubjectKey, wrapSubjectKey } from '#app/vault/subject-keys.ts';

/**
 * The key of one cart, checkout, order, person or request, and the random name it has in logs. The key is the newest
 * version and seals; through it older ones still open.
 */
export interface SubjectKey {
  readonly key: VaultKey;
  readonly pseudonym: Buffer;
}

interface SubjectKeyRow {
  subject_id: string;
  version: number;
  shop_key_version: number;
  wrapped: Uint8Array;
  pseudonym: Uint8Array;
}

/** For how long a shop's keys are remembered. */
export const CACHE_TTL_MS = 5 * 60_000;
const CACHE_MAX_SHOPS = 5_000;
/** Keys that were forgotten are wiped after this long: by then no transaction is left that could hold them. */
export const WIPE_AFTER_MS = 5 * 60_000;

/**
 * Wrapped key rows turned into keys, inside the caller's transaction and for its shop.
 *
 * The rows lie in the schema `keys`, which only the role `ci_keys` may read; each method takes that role for its
 * statements alone. A shop's own keys are remembered for at most five minutes, and forgotten when another program says
 * that they changed; subject keys are never remembered, so that a destroyed one is gone with the commit.
 *
 * Keys are found by the version they are asked for, so that rotating them fails no read.
 */
export class KeyStore {
  readonly #keyring: Keyring;
  readonly #now: () => number;
  readonly #cache = new Map<string, { keys: ShopKeys; emailVersions: string; staleAt: number }>();
  /** Grows with whatever is forgotten: what was read before that must not be remembered after it. */
  #generation = 0;

  constructor(keyring: Keyring, now: () => number = Date.now) {
    this.#keyring = keyring;
    this.#now = now;
  }

  /**
   * The keys of the transaction's shop; made at the first call.
   *
   * @throws AppError `shop.erased` when the shop has none any more, because it was erased.
   * @throws VaultError when a row does not unwrap under the keyring.
   */
  async shopKeys(tx: SqlTx, shopId: string): Promise<ShopKeys> {
    const cached = this.#cache.get(shopId);
    if (cached === undefined || cached.staleAt <= this.#now()) return this.#readShopKeys(tx, shopId);
    // While the e-mail key is rotated, which of the two writes is asked of the database: rows must agree on it.
    if (cached.keys.emailKeys.length === 1 || (await this.#emailKeyStands(tx, shopId, cached.emailVersions))) {
      return cached.keys;
    }
    return this.#readShopKeys(tx, shopId);
  }

  /**
   * The keys of the transaction's shop, with at least this version of `enc`: read again when what is remembered is from
   * before it was made.
   */
  async shopKeysWith(tx: SqlTx, shopId: string, encVersion: number): Promise<ShopKeys> {
    const keys = await this.shopKeys(tx, shopId);
    if (keys.encByVersion.has(encVersion)) return keys;
    return this.#readShopKeys(tx, shopId);
  }

  /** The keys of the transaction's shop that open these values, which were sealed under its own key. */
  async shopKeysFor(tx: SqlTx, shopId: string, sealed: readonly Uint8Array[]): Promise<ShopKeys> {
    return this.shopKeysWith(tx, shopId, Math.max(1, ...sealed.map((bytes) => readHeader(bytes).version)));
  }

  /** The keys that still exist of these subjects. A missing one was destroyed, or never made. */
  async subjectKeys(
    tx: SqlTx,
    shopId: string,
    scope: SubjectScope,
    ids: readonly string[],
  ): Promise<Map<string, SubjectKey>> {
    const keys = new Map<string, SubjectKey>();
    if (ids.length === 0) return keys;
    const rows = await asKeyRole(tx, () =>
      tx.query<SubjectKeyRow>(
        `SELECT subject_id, version, shop_key_version, wrapped, pseudonym
         FROM keys.subject_keys WHERE shop_id = $1::uuid AND scope = $2 AND subject_id = ANY ($3::uuid[])
         ORDER BY subject_id, version`,
        [shopId, scope, ids],
      ),
    );
    const newest = Math.max(...rows.map((row) => row.shop_key_version));
    const shopKeys = rows.length === 0 ? await this.shopKeys(tx, shopId) : await this.shopKeysWith(tx, shopId, newest);
    for (const row of rows) {
      const shopKey = shopKeys.encByVersion.get(row.shop_key_version);
      if (shopKey === undefined) continue;
      const context = subjectContext(shopId, scope, row.subject_id, row.version);
      const secret = unwrapSubjectKey(shopKey, Buffer.from(row.wrapped), context);
      // Rows come oldest version first: the last one is the key, those before it are its older ones.
      const before = keys.get(row.subject_id)?.key;
      const older = before === undefined ? [] : [before, ...(before.older ?? [])];
      keys.set(row.subject_id, {
        key: { scope, version: row.version, secret, ...(older.length === 0 ? {} : { older }) },
        pseudonym: Buffer.from(row.pseudonym),
      });
    }
    return keys;
  }

  /** Makes a key for each of these new subjects. The ids must be new: an existing key is an error, never replaced. */
  async createSubjectKeys(
    tx: SqlTx,
    shopId: string,
    scope: SubjectScope,
    ids: readonly string[],
  ): Promise<Map<string, SubjectKey>> {
    const keys = new Map<string, SubjectKey>();
    if (ids.length === 0) return keys;
    const { enc } = await this.shopKeys(tx, shopId);
    const wrapped: string[] = [];
    const pseudonyms: string[] = [];
    for (const id of ids) {
      const secret = newSecret();
      const pseudonym = random(16);
      wrapped.push(wrapSubjectKey(enc, secret, subjectContext(shopId, scope, id, 1)).toString('hex'));
      pseudonyms.push(pseudonym.toString('hex'));
      keys.set(id, { key: { scope, version: 1, secret }, pseudonym });
    }
    await asKeyRole(tx, () =>
      tx.query(
        `INSERT INTO keys.subject_keys (shop_id, scope, subject_id, version, shop_key_version, wrapped, pseudonym)
         SELECT $1::uuid, $2, id, 1, $3::int, decode(wrapped, 'hex'), decode(pseudonym, 'hex')
         FROM unnest($4::uuid[], $5::text[], $6::text[]) AS new (id, wrapped, pseudonym)`,
        [shopId, scope, enc.version, ids, wrapped, pseudonyms],
      ),
    );
    return keys;
  }

  /** Keys that exist and, for those that do not yet, new ones. */
  async ensureSubjectKeys(
    tx: SqlTx,
    shopId: string,
    scope: SubjectScope,
    existingIds: readonly string[],
    newIds: readonly string[],
  ): Promise<Map<string, SubjectKey>> {
    const keys = await this.subjectKeys(tx, shopId, scope, existingIds);
    for (const [id, key] of await this.createSubjectKeys(tx, shopId, scope, newIds)) keys.set(id, key);
    return keys;
  }

  /** Forgets what is remembered of a shop: after its keys were destroyed or rotated. */
  forget(shopId: string): void {
    this.#generation += 1;
    const cached = this.#cache.get(shopId);
    if (cached === undefined) return;
    this.#cache.delete(shopId);
    wipeLater(cached.keys);
  }

  /** Forgets every shop: when notices of destroyed keys may have been missed. */
  forgetAll(): void {
    this.#generation += 1;
    for (const { keys } of this.#cache.values()) wipeLater(keys);
    this.#cache.clear();
  }

  async #readShopKeys(tx: SqlTx, shopId: string): Promise<ShopKeys> {
    const generation = this.#generation;
    let rows = await selectShopKeys(tx, shopId);
    if (SHOP_KEY_PURPOSES.some((purpose) => !rows.some((row) => row.purpose === purpose))) {
      await insertShopKeys(tx, this.#keyring, shopId);
      rows = await selectShopKeys(tx, shopId);
    }
    const keys = await unwrapShopKeys(this.#keyring, shopId, rows);
    // Keys this transaction made may yet be rolled back; remembering them would seal rows nobody can open.
    const isCommitted = !rows.some((row) => row.uncommitted);
    if (isCommitted && generation === this.#generation) this.#remember(shopId, keys, emailVersionsOf(rows));
    return keys;
  }

  async #emailKeyStands(tx: SqlTx, shopId: string, remembered: string): Promise<boolean> {
    return emailVersionsOf(await selectShopKeys(tx, shopId)) === remembered;
  }

  #remember(shopId: string, keys: ShopKeys, emailVersions: string): void {
    if (this.#cache.size >= CACHE_MAX_SHOPS) {
      const [oldest] = this.#cache.entries();
      if (oldest !== undefined) {
        this.#cache.delete(oldest[0]);
        wipeLater(oldest[1].keys);
      }
    }
    const replaced = this.#cache.get(shopId);
    if (replaced !== undefined) wipeLater(replaced.keys);
    this.#cache.set(shopId, { keys, emailVersions, staleAt: this.#now() + CACHE_TTL_MS });
  }
}

/**
 * Wipes keys once nobody can be using them any more. As good as it gets: what copies the runtime made of them lives until
 * it is collected.
 */
function wipeLater(keys: ShopKeys): void {
  setTimeout(() => {
    wipeShopKeys(keys);
  }, WIPE_AFTER_MS).unref();
}
