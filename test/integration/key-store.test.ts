import { randomBytes } from 'node:crypto';

import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { destroyKeysOf, destroyShopKeys, destroySubjectKeys } from '#app/data/destroy-keys.ts';
import { CACHE_TTL_MS, KeyStore, WIPE_AFTER_MS } from '#app/data/keys.ts';
import type { SubjectScope } from '#app/data/subject-scope.ts';
import { type SqlTx, sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { ensureShop, withShop } from '#app/data/with-shop.ts';
import { open, seal } from '#app/vault/envelope.ts';
import type { Place } from '#app/vault/place.ts';
import { VaultError } from '#app/vault/errors.ts';
import { type Keyring, parseKeyring } from '#app/vault/keyring.ts';
import { listenForKeyNotices } from '#app/web/key-notices.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

let world: ShopWorld;
let shopId: string;

beforeAll(async () => {
  world = await openShopWorld();
  shopId = await ensureShop(world.db, 'keys.myshopify.com');
});
afterAll(() => world.close());

const inShop = <T>(work: (tx: SqlTx) => Promise<T>, shop = shopId) =>
  withShop(world.db, shop, (tx) => work(sqlTxOfPrisma(tx)));
const placeOf = (row: string, shop = shopId): Place => ({ shop, table: 'carts', column: 'sealed', row });

/** A new subject and something sealed under its key, as a thief of the row would have it. */
async function sealedSubject(scope: SubjectScope, shop = shopId) {
  const id = uuidv7();
  const keys = await inShop((tx) => world.keyStore.createSubjectKeys(tx, shop, scope, [id]), shop);
  const sealed = seal(keys.get(id)!.key, Buffer.from('Ada'), placeOf(id, shop));
  return { scope, id, sealed };
}

/** Opens with whatever key there still is: null when there is none. */
async function openWith(keyStore: KeyStore, { scope, id, sealed }: Awaited<ReturnType<typeof sealedSubject>>) {
  const keys = await inShop((tx) => keyStore.subjectKeys(tx, shopId, scope, [id]));
  const key = keys.get(id);
  return key === undefined ? null : open(key.key, sealed, placeOf(id)).toString();
}

describe('destroying keys of subjects', () => {
  it('closes what they sealed, and nothing else', async () => {
    const gone = [await sealedSubject('cart'), await sealedSubject('cart'), await sealedSubject('person')];
    const kept = [await sealedSubject('cart'), { ...(await sealedSubject('order')) }];
    for (const subject of [...gone, ...kept]) expect(await openWith(world.keyStore, subject)).toBe('Ada');

    const destroyed = await inShop((tx) =>
      destroyKeysOf(tx, shopId, [
        { scope: 'cart', ids: [gone[0]!.id, gone[1]!.id, uuidv7()] },
        { scope: 'person', ids: [gone[2]!.id] },
        // The right id under another kind is another subject.
        { scope: 'checkout', ids: [kept[1]!.id] },
        { scope: 'order', ids: [] },
      ]),
    );
    expect(destroyed).toBe(3);
    for (const subject of gone) expect(await openWith(world.keyStore, subject)).toBeNull();
    for (const subject of kept) expect(await openWith(world.keyStore, subject)).toBe('Ada');
    expect(await inShop((tx) => destroyKeysOf(tx, shopId, [{ scope: 'cart', ids: [gone[0]!.id] }]))).toBe(0);
  });

  it('leaves nothing that a new key for the same id would open', async () => {
    const subject = await sealedSubject('cart');
    await inShop((tx) => destroyKeysOf(tx, shopId, [{ scope: 'cart', ids: [subject.id] }]));
    await inShop((tx) => world.keyStore.createSubjectKeys(tx, shopId, 'cart', [subject.id]));
    await expect(openWith(world.keyStore, subject)).rejects.toThrow(new VaultError('vault.unopenable'));
  });

  it('comes with the transaction or not at all', async () => {
    const subject = await sealedSubject('person');
    const failing = inShop(async (tx) => {
      await destroyKeysOf(tx, shopId, [{ scope: 'person', ids: [subject.id] }]);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await openWith(world.keyStore, subject)).toBe('Ada');
  });

  it('destroys all versions of a key', async () => {
    const subject = await sealedSubject('cart');
    await world.superuser(
      `INSERT INTO keys.subject_keys (shop_id, scope, subject_id, version, shop_key_version, wrapped, pseudonym)
       SELECT shop_id, scope, subject_id, 2, shop_key_version, wrapped, pseudonym FROM keys.subject_keys
       WHERE subject_id = $1`,
      [subject.id],
    );
    expect(await inShop((tx) => destroyKeysOf(tx, shopId, [{ scope: 'cart', ids: [subject.id] }]))).toBe(1);
    expect(await world.superuser('SELECT FROM keys.subject_keys WHERE subject_id = $1', [subject.id])).toEqual([]);
  });
});

describe('destroying keys of a shop', () => {
  it('closes everything of the shop and nothing of another; a shop that comes back gets other keys', async () => {
    const [one, other] = [
      await ensureShop(world.db, 'gone.myshopify.com'),
      await ensureShop(world.db, 'stays.myshopify.com'),
    ];
    const keysOf = (shop: string) => inShop((tx) => world.keyStore.shopKeys(tx, shop), shop);
    const [before, beforeOther] = [await keysOf(one), await keysOf(other)];
    const session = seal(before.enc, Buffer.from('token'), placeOf('s', one));
    await sealedSubject('cart', one);
    await sealedSubject('cart', other);

    await inShop((tx) => destroyShopKeys(tx, one), one);
    world.keyStore.forget(one);
    expect(await inShop((tx) => destroySubjectKeys(tx, one, 10), one)).toBe(1);
    for (const table of ['keys.shop_keys', 'keys.subject_keys']) {
      expect(await world.superuser(`SELECT FROM ${table} WHERE shop_id = $1`, [one])).toEqual([]);
    }
    const after = await keysOf(one);
    expect(() => open(after.enc, session, placeOf('s', one))).toThrow(new VaultError('vault.unopenable'));
    for (const purpose of ['emailKey', 'lookupKey', 'pseudonymKey'] as const) {
      expect(after[purpose]).not.toEqual(before[purpose]);
    }
    expect((await keysOf(other)).enc.secret).toEqual(beforeOther.enc.secret);
    const subjects = await world.superuser('SELECT FROM keys.subject_keys WHERE shop_id = $1', [other]);
    expect(subjects).toHaveLength(1);
  });

  it('reaches only the shop the transaction is bound to', async () => {
    const theirs = await ensureShop(world.db, 'theirs.myshopify.com');
    const subject = await sealedSubject('cart', theirs);
    await inShop((tx) => destroyShopKeys(tx, theirs));
    await inShop((tx) => destroyKeysOf(tx, theirs, [{ scope: 'cart', ids: [subject.id] }]));
    expect(await inShop((tx) => destroySubjectKeys(tx, theirs, 10))).toBe(0);
    expect(await world.superuser('SELECT FROM keys.subject_keys WHERE shop_id = $1', [theirs])).toHaveLength(1);
    expect(await world.superuser('SELECT FROM keys.shop_keys WHERE shop_id = $1', [theirs])).toHaveLength(4);
  });
});

describe('what is remembered', () => {
  it('goes in every other program when keys are destroyed', async () => {
    const shop = await ensureShop(world.db, 'notices.myshopify.com');
    const elsewhere = countingKeyring(world.keyring);
    const other = new KeyStore(elsewhere.keyring);
    const stop = await listenForKeyNotices(world.database.url, other, world.log);
    try {
      const remembered = async () => {
        const before = elsewhere.count();
        await inShop((tx) => other.shopKeys(tx, shop), shop);
        return elsewhere.count() === before;
      };
      await inShop((tx) => world.keyStore.shopKeys(tx, shop), shop);
      expect(await remembered()).toBe(false);
      expect(await remembered()).toBe(true);
      await inShop((tx) => destroyShopKeys(tx, shop), shop);
      await vi.waitFor(async () => expect(await remembered()).toBe(false), { timeout: 120_000, interval: 20 });
    } finally {
      await stop();
    }
  });

  it('is looked up again after five minutes, and not put back by who read it before it was forgotten', async () => {
    let now = 0;
    const elsewhere = countingKeyring(world.keyring);
    const keyStore = new KeyStore(elsewhere.keyring, () => now);
    const read = () => inShop((tx) => keyStore.shopKeys(tx, shopId));
    await read();
    const once = elsewhere.count();
    now = CACHE_TTL_MS - 1;
    await read();
    expect(elsewhere.count()).toBe(once);
    now = CACHE_TTL_MS;
    await read();
    expect(elsewhere.count()).toBe(2 * once);

    keyStore.forget(shopId);
    elsewhere.duringNextUnwrap(() => keyStore.forget(shopId));
    await read();
    await read();
    expect(elsewhere.count()).toBe(4 * once);
  });

  it('is wiped once nobody can be using it any more', async () => {
    const keyStore = new KeyStore(world.keyring);
    const keys = await inShop((tx) => keyStore.shopKeys(tx, shopId));
    vi.useFakeTimers();
    try {
      keyStore.forget(shopId);
      vi.advanceTimersByTime(WIPE_AFTER_MS - 1);
      expect(seal(keys.enc, Buffer.from('x'), placeOf('r')).length).toBeGreaterThan(0);
      vi.advanceTimersByTime(1);
      for (const secret of [keys.enc.secret, keys.emailKey, keys.lookupKey, keys.pseudonymKey]) {
        expect(secret).toEqual(Buffer.alloc(32));
      }
      expect(() => seal(keys.enc, Buffer.from('x'), placeOf('r'))).toThrow(new VaultError('vault.bad-key'));
    } finally {
      vi.useRealTimers();
    }
  });
});

/** A keyring that tells how often it was asked to unwrap. */
function countingKeyring(keyring: Keyring) {
  let count = 0;
  let then: (() => void) | null = null;
  const counting: Keyring = {
    ...keyring,
    unwrap: async (...args) => {
      count += 1;
      then?.();
      then = null;
      return keyring.unwrap(...args);
    },
  };
  return {
    keyring: counting,
    count: () => count,
    duringNextUnwrap: (work: () => void) => {
      then = work;
    },
  };
}

it('a keyring with another key under a known name is told apart before anything is written', async () => {
  const other = new KeyStore(parseKeyring(`test:${randomBytes(32).toString('base64')}`));
  await expect(inShop((tx) => other.shopKeys(tx, shopId))).rejects.toThrow(new VaultError('vault.unopenable'));
});
