import { createHash, randomBytes } from 'node:crypto';

import { v7 as uuidv7 } from 'uuid';

import { type Line, summarise } from '#app/carts/line.ts';
import { checkoutPlace, orderPlace, statePlace } from '#app/carts/places.ts';
import type { KeyStore } from '#app/data/keys.ts';
import { type SqlTx, sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { type Database, type ShopTx, withShop } from '#app/data/with-shop.ts';
import { sealJson } from '#app/vault/sealed-json.ts';

/** A cart as a test wants to find it; times are milliseconds since 1970. */
export interface CartSeed {
  /** Contents over time, oldest first; the last one stands. */
  readonly states: readonly { readonly atMs: number; readonly lines: readonly Line[] }[];
  /** "7F3K"; absent for a guest. */
  readonly personCode?: string;
  readonly checkout?: { readonly atMs: number; readonly place?: PlaceSeed; readonly email?: string };
  readonly order?: {
    readonly atMs: number;
    readonly name: string;
    readonly cancelledAtMs?: number;
    readonly place?: PlaceSeed;
  };
}

export interface PlaceSeed {
  readonly country: string;
  readonly province: string | null;
}

interface Seeding {
  readonly tx: ShopTx;
  readonly sql: SqlTx;
  readonly keyStore: KeyStore;
  readonly shopId: string;
  readonly currency: string;
}

/** A line of so many cents. */
export function line(title: string, quantity: number, unitMinor: number, variantId = String(idOf(title))): Line {
  return {
    variantId,
    productId: String(idOf(`product ${title}`)),
    title,
    variantTitle: null,
    quantity,
    unitMinor,
    lineMinor: quantity * unitMinor,
  };
}

/** Writes carts as the worker would have left them, sealed under real keys. @returns their ids, in order. */
export async function seedCarts(
  { db, keyStore }: { readonly db: Database; readonly keyStore: KeyStore },
  shopId: string,
  seeds: readonly CartSeed[],
  currency = 'CAD',
): Promise<string[]> {
  return withShop(db, shopId, async (tx) => {
    const seeding = { tx, sql: sqlTxOfPrisma(tx), keyStore, shopId, currency };
    const ids: string[] = [];
    for (const seed of seeds) ids.push(await seedCart(seeding, seed));
    await bumpRevision(seeding);
    return ids;
  });
}

/** Puts a further state into a cart, as if a webhook had just been applied. */
export async function changeCart(
  { db, keyStore }: { readonly db: Database; readonly keyStore: KeyStore },
  shopId: string,
  cartId: string,
  state: CartSeed['states'][number],
  currency = 'CAD',
): Promise<void> {
  await withShop(db, shopId, async (tx) => {
    const seeding = { tx, sql: sqlTxOfPrisma(tx), keyStore, shopId, currency };
    const key = (await keyStore.subjectKeys(seeding.sql, shopId, 'cart', [cartId])).get(cartId);
    if (key === undefined) throw new Error('The cart has no key');
    const { itemCount, lineCount, valueMinor } = summarise(state.lines, currency);
    const at = new Date(state.atMs);
    await tx.cart.update({
      where: { shopId_id: { shopId, id: cartId } },
      data: { lastChangedAt: at, contentChangedAt: at, itemCount, lineCount, valueMinor, currency },
    });
    await addState(seeding, cartId, key.key, state);
    await bumpRevision(seeding);
  });
}

async function seedCart(seeding: Seeding, seed: CartSeed): Promise<string> {
  const { tx, sql, keyStore, shopId, currency } = seeding;
  const { states, checkout, order } = seed;
  const id = uuidv7();
  const key = requireKey(await keyStore.createSubjectKeys(sql, shopId, 'cart', [id]), id);
  const personId = seed.personCode === undefined ? null : await seedPerson(seeding, seed.personCode);
  const times = [...states.map((state) => state.atMs), checkout?.atMs, order?.atMs].filter(
    (time) => time !== undefined,
  );
  const last = states.at(-1);
  const { itemCount, lineCount, valueMinor } = summarise(last?.lines ?? [], currency);
  await tx.cart.create({
    data: {
      shopId,
      id,
      tokenRef: new Uint8Array(randomBytes(16)),
      personId,
      personEvidence: personId === null ? null : 'customer-id',
      startedAt: new Date(Math.min(...times)),
      lastChangedAt: new Date(Math.max(...times)),
      contentChangedAt: last === undefined ? null : new Date(last.atMs),
      contentOrigin: 'cart',
      itemCount,
      lineCount,
      valueMinor,
      currency,
      checkoutAt: checkout === undefined ? null : new Date(checkout.atMs),
      orderedAt: order === undefined ? null : new Date(order.atMs),
    },
  });
  for (const state of states) await addState(seeding, id, key, state);
  if (checkout !== undefined) await addCheckout(seeding, id, personId, checkout, valueMinor);
  if (order !== undefined) await addOrder(seeding, id, personId, order, valueMinor);
  return id;
}

type Key = ReturnType<typeof requireKey>;

async function addState(
  { tx, shopId, currency }: Seeding,
  cartId: string,
  key: Key,
  { atMs, lines }: CartSeed['states'][number],
): Promise<void> {
  const changedAt = new Date(atMs);
  const digest = randomBytes(16);
  const { itemCount, lineCount, valueMinor } = summarise(lines, currency);
  await tx.cartState.create({
    data: {
      shopId,
      cartId,
      changedAt,
      triggeredAt: changedAt,
      digest: new Uint8Array(digest),
      receivedAt: changedAt,
      itemCount,
      lineCount,
      valueMinor,
      currency,
      sealed: new Uint8Array(sealJson(key, { lines }, statePlace(shopId, cartId, changedAt, digest))),
    },
  });
}

async function addCheckout(
  { tx, sql, keyStore, shopId, currency }: Seeding,
  cartId: string,
  personId: string | null,
  { atMs, place, email }: NonNullable<CartSeed['checkout']>,
  valueMinor: bigint | null,
): Promise<void> {
  const id = uuidv7();
  const key = requireKey(await keyStore.createSubjectKeys(sql, shopId, 'checkout', [id]), id);
  const document = { s: '1', v: { ...place, email: email ?? 'never-shown@example.com' } };
  await tx.checkout.create({
    data: {
      shopId,
      id,
      tokenRef: new Uint8Array(randomBytes(16)),
      cartId,
      personId,
      startedAt: new Date(atMs),
      changedAt: new Date(atMs),
      valueMinor,
      currency,
      sealed: new Uint8Array(sealJson(key, document, checkoutPlace(shopId, id))),
    },
  });
}

async function addOrder(
  { tx, sql, keyStore, shopId, currency }: Seeding,
  cartId: string,
  personId: string | null,
  { atMs, name, cancelledAtMs, place }: NonNullable<CartSeed['order']>,
  valueMinor: bigint | null,
): Promise<void> {
  const id = uuidv7();
  const key = requireKey(await keyStore.createSubjectKeys(sql, shopId, 'order', [id]), id);
  const document = { s: '1', v: { ...place, orderName: name, email: 'never-shown@example.com' } };
  await tx.order.create({
    data: {
      shopId,
      id,
      orderRef: new Uint8Array(randomBytes(16)),
      cartId,
      cartEvidence: 'cart-token',
      personId,
      orderedAt: new Date(atMs),
      changedAt: new Date(cancelledAtMs ?? atMs),
      cancelledAt: cancelledAtMs === undefined ? null : new Date(cancelledAtMs),
      valueMinor,
      currency,
      sealed: new Uint8Array(sealJson(key, document, orderPlace(shopId, id))),
    },
  });
}

async function seedPerson({ tx, sql, keyStore, shopId }: Seeding, supportCode: string): Promise<string> {
  const known = await tx.person.findFirst({ where: { shopId, supportCode }, select: { id: true } });
  if (known !== null) return known.id;
  const id = uuidv7();
  const key = requireKey(await keyStore.createSubjectKeys(sql, shopId, 'person', [id]), id);
  const place = { shop: shopId, table: 'people', column: 'sealed', row: id };
  await tx.person.create({
    data: {
      shopId,
      id,
      customerRef: new Uint8Array(randomBytes(16)),
      supportCode,
      firstSeenAt: new Date(),
      sealed: new Uint8Array(sealJson(key, { s: '1', v: { firstName: 'Never', lastName: 'Shown' } }, place)),
    },
  });
  return id;
}

async function bumpRevision({ tx, shopId }: Seeding): Promise<void> {
  const now = new Date();
  await tx.shopActivity.upsert({
    where: { shopId },
    create: { shopId, revision: 1n, lastEventAt: now, appliedAt: now },
    update: { revision: { increment: 1n }, lastEventAt: now, appliedAt: now },
  });
}

function requireKey(keys: Awaited<ReturnType<KeyStore['createSubjectKeys']>>, id: string) {
  const subject = keys.get(id);
  if (subject === undefined) throw new Error('No key was made');
  return subject.key;
}

/** A number that a text always has: ids of invented products. */
function idOf(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 5);
}
