/** The installation's signing key: one, wrapped, and not the database owner's to change. */
import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { signingKey, SigningPublicKeys, signingPublicKeys } from '#app/data/signing-key.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { ensureShop, withShop } from '#app/data/with-shop.ts';
import { parseKeyring } from '#app/vault/keyring.ts';
import { isSignedBy } from '#app/vault/signing.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

const MESSAGE = Buffer.from('head');

let world: ShopWorld;
let shopId: string;
beforeAll(async () => {
  world = await openShopWorld();
  shopId = await ensureShop(world.db, 'one.myshopify.com');
});
afterAll(() => world.close());

const theKey = (keyring = world.keyring) => withShop(world.db, shopId, (tx) => signingKey(sqlTxOfPrisma(tx), keyring));
const publicKeys = () => withShop(world.db, shopId, (tx) => signingPublicKeys(sqlTxOfPrisma(tx), world.keyring));

it('is made once, even when ten ask first at the same time', async () => {
  const keys = await Promise.all(Array.from({ length: 10 }, () => theKey()));
  expect(new Set(keys.map(({ keyId }) => keyId)).size).toBe(1);
  expect(await world.superuser('SELECT 1 FROM keys.signing_keys')).toHaveLength(1);
});

it('signs what its published half proves, and still does when retired', async () => {
  const key = await theKey();
  const signature = key.sign(MESSAGE);
  await world.superuser('UPDATE keys.signing_keys SET retired_at = now()');
  const next = await theKey();
  expect(next.keyId).not.toBe(key.keyId);
  const published = await publicKeys();
  expect([...published.keys()].sort()).toEqual([key.keyId, next.keyId].sort());
  expect(isSignedBy(published.get(key.keyId)!, MESSAGE, signature)).toBe(true);
  expect(isSignedBy(published.get(next.keyId)!, MESSAGE, signature)).toBe(false);
});

it('is not taken from the database without the key-encryption key', async () => {
  const { keyId, publicKey } = await theKey();
  await expect(theKey(parseKeyring(`test:${randomBytes(32).toString('base64')}`))).rejects.toThrow('vault.unopenable');
  await world.superuser('UPDATE keys.signing_keys SET public_key = $1', [randomBytes(32)]);
  expect((await publicKeys()).get(keyId)).toEqual(publicKey);
});

it('is unwrapped once for a program that is asked often, and a new one is known at once', async () => {
  let unwrapped = 0;
  const counting = new Proxy(world.keyring, {
    get: (keyring, name) => {
      if (name === 'unwrap') unwrapped += 1;
      const value: unknown = Reflect.get(keyring, name, keyring);
      return typeof value === 'function' ? (value.bind(keyring) as unknown) : value;
    },
  });
  const remembered = new SigningPublicKeys(counting);
  const read = () => withShop(world.db, shopId, (tx) => remembered.read(sqlTxOfPrisma(tx)));
  await theKey();
  const first = await read();
  expect(unwrapped).toBe(first.size);
  expect(await read()).toEqual(first);
  expect(unwrapped).toBe(first.size);
  await world.superuser('UPDATE keys.signing_keys SET retired_at = now()');
  const { keyId } = await theKey();
  expect((await read()).has(keyId)).toBe(true);
  expect(await read()).toEqual(await publicKeys());
  expect(unwrapped).toBe(first.size + 1);
});

it('leaves the transaction as it found it', async () => {
  const role = await withShop(world.db, shopId, async (tx) => {
    await signingKey(sqlTxOfPrisma(tx), world.keyring);
    return tx.$queryRaw<{ role: string }[]>`SELECT current_user::text AS role`;
  });
  expect(role).toEqual([{ role: 'ci_app' }]);
});
