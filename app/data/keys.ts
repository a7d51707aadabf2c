import { randomBytes } from 'node:crypto';

import type { SqlTx } from '#app/data/sql-tx.ts';
import type { VaultKey } from '#app/vault/envelope.ts';
import type { Keyring } from '#app/vault/keyring.ts';
import type { KeyScope } from '#app/vault/scope.ts';
import { newSecret, unwrapSubjectKey, wrapSubjectKey } from '#app/vault/subject-keys.ts';

/** What a shop's keys are for. They are drawn apart, so that changing one leaves the others alone. */
export const SHOP_KEY_PURPOSES = ['enc', 'email', 'lookup', 'pseudonym'] as const;
export type ShopKeyPurpose = (typeof SHOP_KEY_PURPOSES)[number];

/** Things that have a key of their own, which can be destroyed alone. */
export type SubjectScope = Extract<KeyScope, 'cart' | 'checkout' | 'order' | 'person' | 'request'>;

/** A shop's keys, unwrapped. `enc` is the newest version and seals; older ones still open. */
export interface ShopKeys {
  readonly enc: VaultKey;
  readonly encByVersion: ReadonlyMap<number, VaultKey>;
  readonly emailKey: Buffer;
  readonly lookupKey: Buffer;
  readonly pseudonymKey: Buffer;
}

/** The key of one cart, checkout, order, person or request, and the random name it has in logs. */
export interface SubjectKey {
  readonly key: VaultKey;
  readonly pseudonym: Buffer;
}

interface ShopKeyRow {
  purpose: ShopKeyPurpose;
  version: number;
  kek_id: string;
  wrapped: Uint8Array;
  uncommitted: boolean;
}

interface SubjectKeyRow {
  subject_id: string;
  version: number;
  shop_key_version: number;
  wrapped: Uint8Array;
  pseudonym: Uint8Array;
}

const CACHE_TTL_MS = 5 * 60_000;
const CACHE_MAX_SHOPS = 5_000;

/**
 * Wrapped key rows turned into keys, inside the caller's transaction and for its shop.
 *
 * The rows lie in the schema `keys`, which only the role `ci_keys` may read; each method takes that role for its
 * statements alone. A shop's own keys are remembered for at most five minutes; subject keys never are, so that a
 * destroyed one is gone with the commit.
 */
export class KeyStore {
  readonly #keyring: Keyring;
  readonly #now: () => number;
  readonly #cache = new Map<string, { keys: ShopKeys; staleAt: number }>();

  constructor(keyring: Keyring, now: () => number = Date.now) {
    this.#keyring = keyring;
    this.#now = now;
  }

  /**
   * The keys of the transaction's shop; made at the first call.
   *
   * @throws VaultError when a row does not unwrap under the keyring.
   */
  async shopKeys(tx: SqlTx, shopId: string): Promise<ShopKeys> {
    const cached = this.#cache.get(shopId);
    if (cached !== undefined && cached.staleAt > this.#now()) return cached.keys;

    const rows = await asKeyRole(tx, async () => {
      const found = await selectShopKeys(tx, shopId);
      if (found.length >= SHOP_KEY_PURPOSES.length) return found;
      await this.#insertShopKeys(tx, shopId);
      return selectShopKeys(tx, shopId);
    });
    const keys = this.#unwrapShopKeys(shopId, rows);
    // Keys this transaction made may yet be rolled back; remembering them would seal rows nobody can open.
    if (!rows.some((row) => row.uncommitted)) this.#remember(shopId, keys);
    return keys;
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
    const shopKeys = await this.shopKeys(tx, shopId);
    const rows = await asKeyRole(tx, () =>
      tx.query<SubjectKeyRow>(
        `SELECT DISTINCT ON (subject_id) subject_id, version, shop_key_version, wrapped, pseudonym
         FROM keys.subject_keys WHERE shop_id = $1::uuid AND scope = $2 AND subject_id = ANY ($3::uuid[])
         ORDER BY subject_id, version DESC`,
        [shopId, scope, ids],
      ),
    );
    for (const row of rows) {
      const shopKey = shopKeys.encByVersion.get(row.shop_key_version);
      if (shopKey === undefined) continue;
      const secret = unwrapSubjectKey(
        shopKey,
        Buffer.from(row.wrapped),
        subjectContext(shopId, scope, row.subject_id, row.version),
      );
      keys.set(row.subject_id, {
        key: { scope, version: row.version, secret },
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
      const pseudonym = randomBytes(16);
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
    this.#cache.delete(shopId);
  }

  /** Forgets every shop: when notices of destroyed keys may have been missed. */
  forgetAll(): void {
    this.#cache.clear();
  }

  async #insertShopKeys(tx: SqlTx, shopId: string): Promise<void> {
    const wraps = SHOP_KEY_PURPOSES.map((purpose) =>
      this.#keyring.wrap(newSecret(), { owner: shopId, purpose, version: 1 }),
    );
    await tx.query(
      `INSERT INTO keys.shop_keys (shop_id, purpose, version, kek_id, wrapped)
       SELECT $1::uuid, purpose, 1, kek_id, decode(wrapped, 'hex')
       FROM unnest($2::text[], $3::text[], $4::text[]) AS new (purpose, kek_id, wrapped)
       ON CONFLICT DO NOTHING`,
      [shopId, SHOP_KEY_PURPOSES, wraps.map((wrap) => wrap.kekId), wraps.map((wrap) => wrap.wrapped.toString('hex'))],
    );
  }

  #unwrapShopKeys(shopId: string, rows: readonly ShopKeyRow[]): ShopKeys {
    const encByVersion = new Map<number, VaultKey>();
    const newest = new Map<ShopKeyPurpose, { version: number; secret: Buffer }>();
    for (const { purpose, version, kek_id, wrapped } of rows) {
      const secret = this.#keyring.unwrap(kek_id, Buffer.from(wrapped), { owner: shopId, purpose, version });
      if (purpose === 'enc') encByVersion.set(version, { scope: 'shop', version, secret });
      if (version > (newest.get(purpose)?.version ?? 0)) newest.set(purpose, { version, secret });
    }
    const newestOf = (purpose: ShopKeyPurpose) => {
      const key = newest.get(purpose);
      if (key === undefined) throw new Error(`The shop has no key for ${purpose}`);
      return key;
    };
    const enc = encByVersion.get(newestOf('enc').version);
    if (enc === undefined) throw new Error('The shop has no key for enc');
    return {
      enc,
      encByVersion,
      emailKey: newestOf('email').secret,
      lookupKey: newestOf('lookup').secret,
      pseudonymKey: newestOf('pseudonym').secret,
    };
  }

  #remember(shopId: string, keys: ShopKeys): void {
    if (this.#cache.size >= CACHE_MAX_SHOPS) {
      const [oldest] = this.#cache.keys();
      if (oldest !== undefined) this.#cache.delete(oldest);
    }
    this.#cache.set(shopId, { keys, staleAt: this.#now() + CACHE_TTL_MS });
  }
}

function subjectContext(shopId: string, scope: SubjectScope, id: string, version: number) {
  return { owner: shopId, purpose: `${scope}:${id}`, version };
}

function selectShopKeys(tx: SqlTx, shopId: string): Promise<ShopKeyRow[]> {
  return tx.query<ShopKeyRow>(
    `SELECT purpose, version, kek_id, wrapped,
       coalesce(xmin = pg_current_xact_id_if_assigned()::xid, false) AS uncommitted
     FROM keys.shop_keys WHERE shop_id = $1::uuid`,
    [shopId],
  );
}

/** Takes the key role for `work` alone. When `work` throws, the transaction is lost anyway and the role with it. */
async function asKeyRole<T>(tx: SqlTx, work: () => Promise<T>): Promise<T> {
  await tx.query('SET LOCAL ROLE ci_keys');
  const result = await work();
  await tx.query('SET LOCAL ROLE ci_app');
  return result;
}
