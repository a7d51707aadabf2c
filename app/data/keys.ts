import { destroyKeysOf } from '#app/data/destroy-keys.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { AppError } from '#app/errors.ts';
import { readHeader, type VaultKey } from '#app/vault/envelope.ts';
import type { Keyring } from '#app/vault/keyring.ts';
import { random } from '#app/vault/random.ts';
import type { KeyScope } from '#app/vault/scope.ts';
import { newSecret, unwrapSubjectKey, wrapSubjectKey } from '#app/vault/subject-keys.ts';

/** Where a transaction tells the other programs whose keys changed; the payload is the shop's id. */
export const KEYS_CHANNEL = 'ci_keys';

/** What a shop's keys are for. They are drawn apart, so that changing one leaves the others alone. */
export const SHOP_KEY_PURPOSES = ['enc', 'email', 'lookup', 'pseudonym'] as const;
export type ShopKeyPurpose = (typeof SHOP_KEY_PURPOSES)[number];

/** Things that have a key of their own, which can be destroyed alone. */
export type SubjectScope = Extract<KeyScope, 'cart' | 'checkout' | 'order' | 'person' | 'request'>;

/** A shop's keys, unwrapped. `enc` is the newest version and seals; through it older ones still open. */
export interface ShopKeys {
  readonly enc: VaultKey;
  readonly encByVersion: ReadonlyMap<number, VaultKey>;
  /** The key under which digests of e-mails are written. */
  readonly emailKey: Buffer;
  /** The keys under which they are looked for: the one that writes first. There is another only while it is rotated. */
  readonly emailKeys: readonly Buffer[];
  readonly lookupKey: Buffer;
  readonly pseudonymKey: Buffer;
}

/**
 * The key of one cart, checkout, order, person or request, and the random name it has in logs. The key is the newest
 * version and seals; through it older ones still open.
 */
export interface SubjectKey {
  readonly key: VaultKey;
  readonly pseudonym: Buffer;
}

interface ShopKeyRow {
  purpose: ShopKeyPurpose;
  version: number;
  kek_id: string;
  wrapped: Uint8Array;
  retired_at: Date | null;
  uncommitted: boolean;
}

interface SubjectKeyRow {
  subject_id: string;
  version: number;
  shop_key_version: number;
  wrapped: Uint8Array;
  pseudonym: Uint8Array;
}

/** Subjects of one kind. */
export interface Subjects {
  readonly scope: SubjectScope;
  readonly ids: readonly string[];
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

  /**
   * Destroys every version of the keys of these subjects, with the transaction: what they sealed never opens again.
   *
   * @returns how many of the subjects had a key.
   */
  async destroySubjectKeys(tx: SqlTx, shopId: string, scope: SubjectScope, ids: readonly string[]): Promise<number> {
    return this.destroyKeysOf(tx, shopId, [{ scope, ids }]);
  }

  /** {@link destroySubjectKeys} for subjects of several kinds. */
  async destroyKeysOf(tx: SqlTx, shopId: string, subjects: readonly Subjects[]): Promise<number> {
    const destroyed = await destroyKeysOf(tx, shopId, subjects);
    await this.#tellOthers(tx, shopId);
    return destroyed;
  }

  /**
   * Destroys all keys of the shop and of everything in it, with the transaction. Nothing of the shop opens any more, its
   * look-up tokens and the pseudonyms of its tombstones cannot be made again. A shop that comes back gets new keys.
   *
   * @returns how many keys were destroyed.
   */
  async destroyShopKeys(tx: SqlTx, shopId: string): Promise<number> {
    const destroyed = await asKeyRole(tx, async () => {
      const subjects = await tx.query('DELETE FROM keys.subject_keys WHERE shop_id = $1::uuid RETURNING 1', [shopId]);
      const own = await tx.query('DELETE FROM keys.shop_keys WHERE shop_id = $1::uuid RETURNING 1', [shopId]);
      return subjects.length + own.length;
    });
    await this.#tellOthers(tx, shopId);
    return destroyed;
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

  /** Every program hears it when the transaction commits; this one need not wait. */
  async #tellOthers(tx: SqlTx, shopId: string): Promise<void> {
    await tx.query('SELECT pg_notify($1, $2)::text', [KEYS_CHANNEL, shopId]);
    this.forget(shopId);
  }

  async #readShopKeys(tx: SqlTx, shopId: string): Promise<ShopKeys> {
    const generation = this.#generation;
    let rows = await asKeyRole(tx, () => selectShopKeys(tx, shopId));
    if (SHOP_KEY_PURPOSES.some((purpose) => !rows.some((row) => row.purpose === purpose))) {
      await this.#insertShopKeys(tx, shopId);
      rows = await asKeyRole(tx, () => selectShopKeys(tx, shopId));
    }
    const keys = await this.#unwrapShopKeys(shopId, rows);
    // Keys this transaction made may yet be rolled back; remembering them would seal rows nobody can open.
    const isCommitted = !rows.some((row) => row.uncommitted);
    if (isCommitted && generation === this.#generation) this.#remember(shopId, keys, emailVersionsOf(rows));
    return keys;
  }

  /**
   * A shop that was erased has no keys and gets none, whatever job comes late: its erasure waits for this transaction, or this
   * one sees that it was first. A new installation takes the mark off before it writes anything.
   */
  async #insertShopKeys(tx: SqlTx, shopId: string): Promise<void> {
    const [shop] = await tx.query<{ status: string }>(
      'SELECT status FROM app.shops WHERE id = $1::uuid FOR NO KEY UPDATE',
      [shopId],
    );
    if (shop?.status === 'redacted') throw new AppError('shop.erased');
    const wraps = await Promise.all(
      SHOP_KEY_PURPOSES.map((purpose) => this.#keyring.wrap(newSecret(), { owner: shopId, purpose, version: 1 })),
    );
    const params = [
      shopId,
      SHOP_KEY_PURPOSES,
      wraps.map((wrap) => wrap.kekId),
      wraps.map((wrap) => wrap.wrapped.toString('hex')),
    ];
    await asKeyRole(tx, () =>
      tx.query(
        `INSERT INTO keys.shop_keys (shop_id, purpose, version, kek_id, wrapped)
       SELECT $1::uuid, purpose, 1, kek_id, decode(wrapped, 'hex')
       FROM unnest($2::text[], $3::text[], $4::text[]) AS new (purpose, kek_id, wrapped)
       ON CONFLICT DO NOTHING`,
        params,
      ),
    );
  }

  async #unwrapShopKeys(shopId: string, rows: readonly ShopKeyRow[]): Promise<ShopKeys> {
    const unwrapped = await Promise.all(
      rows.map(async ({ purpose, version, kek_id, wrapped, retired_at }) => ({
        purpose,
        version,
        isRetired: retired_at !== null,
        secret: await this.#keyring.unwrap(kek_id, Buffer.from(wrapped), { owner: shopId, purpose, version }),
      })),
    );
    const newestFirst = unwrapped.sort((one, two) => two.version - one.version);
    const newestOf = (purpose: ShopKeyPurpose) => {
      const key = newestFirst.find((candidate) => candidate.purpose === purpose);
      if (key === undefined) throw new Error(`The shop has no key for ${purpose}`);
      return key;
    };
    const encKeys = newestFirst
      .filter(({ purpose }) => purpose === 'enc')
      .map(({ version, secret }): VaultKey => ({ scope: 'shop', version, secret }));
    // The oldest that was not retired writes: a newer one that is only announced is looked for, and not yet written.
    const emailKeys = newestFirst
      .filter(({ purpose }) => purpose === 'email')
      .sort((one, two) => Number(one.isRetired) - Number(two.isRetired) || one.version - two.version)
      .map(({ secret: emailSecret }) => emailSecret);
    const { version, secret } = newestOf('enc');
    const older = encKeys.slice(1);
    return {
      enc: { scope: 'shop', version, secret, ...(older.length === 0 ? {} : { older }) },
      encByVersion: new Map(encKeys.map((key) => [key.version, key])),
      emailKey: emailKeys[0] ?? newestOf('email').secret,
      emailKeys,
      lookupKey: newestOf('lookup').secret,
      pseudonymKey: newestOf('pseudonym').secret,
    };
  }

  async #emailKeyStands(tx: SqlTx, shopId: string, remembered: string): Promise<boolean> {
    return emailVersionsOf(await asKeyRole(tx, () => selectShopKeys(tx, shopId))) === remembered;
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
function wipeLater({ encByVersion, emailKeys, lookupKey, pseudonymKey }: ShopKeys): void {
  setTimeout(() => {
    for (const key of encByVersion.values()) key.secret.fill(0);
    for (const secret of [...emailKeys, lookupKey, pseudonymKey]) secret.fill(0);
  }, WIPE_AFTER_MS).unref();
}

/** What a subject's wrapped key is bound to. */
export function subjectContext(shopId: string, scope: SubjectScope, id: string, version: number) {
  return { owner: shopId, purpose: `${scope}:${id}`, version };
}

/** Which e-mail keys there are, and which of them write. */
function emailVersionsOf(rows: readonly ShopKeyRow[]): string {
  return rows
    .filter(({ purpose }) => purpose === 'email')
    .map(({ version, retired_at }) => `${String(version)}${retired_at === null ? '' : ' retired'}`)
    .sort()
    .join();
}

function selectShopKeys(tx: SqlTx, shopId: string): Promise<ShopKeyRow[]> {
  return tx.query<ShopKeyRow>(
    `SELECT purpose, version, kek_id, wrapped, retired_at,
       coalesce(xmin = pg_current_xact_id_if_assigned()::xid, false) AS uncommitted
     FROM keys.shop_keys WHERE shop_id = $1::uuid`,
    [shopId],
  );
}

/** Takes the key role for `work` alone. When `work` throws, the transaction is lost anyway and the role with it. */
export async function asKeyRole<T>(tx: SqlTx, work: () => Promise<T>): Promise<T> {
  await tx.query('SET LOCAL ROLE ci_keys');
  const result = await work();
  await tx.query('SET LOCAL ROLE ci_app');
  return result;
}
