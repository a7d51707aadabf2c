import { randomBytes } from 'node:crypto';

import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { INBOX_BUCKET_BYTES } from '#app/ingest/inbox-place.ts';
import { REGISTRY } from '#app/privacy/registry.ts';
import { ENVELOPE_OVERHEAD_BYTES, readHeader, seal } from '#app/vault/envelope.ts';
import type { VaultKey } from '#app/vault/vault-key.ts';
import { appSources, at, nodesOf, parse, type Source } from '#test/laws/source.ts';
import { type IngestWorld, openIngestWorld } from '#test/support/ingest-world.ts';
import { story } from '#test/support/story.ts';

const BUCKET_BYTES = 256;
/** Who seals bytes as they are, and why. Everybody else seals documents, which are padded where they are sealed. */
const SEALS_BYTES: Readonly<Record<string, string>> = {
  'app/ingest/edge/accept.ts': 'pads to the bucket of the inbox, and seals in runs',
  'app/ingest/edge/dead-letter.ts': 'seals anew what was padded when it was accepted',
  'app/data/reseal.ts': 'seals anew what was padded when it was sealed',
};

/** How much longer a sealed value is than what was sealed: messages of a run carry their number as well. */
const overheadOf = (sealed: Buffer) => ENVELOPE_OVERHEAD_BYTES + (readHeader(sealed).suite === 2 ? 4 : 0);
const isPadded = (sealed: Buffer) => sealed.length > 0 && (sealed.length - overheadOf(sealed)) % BUCKET_BYTES === 0;

/** Calls that seal bytes as they come, by files that are not on the list. */
function unpaddedSeals(source: Source): string[] {
  if (source.path in SEALS_BYTES || source.path.startsWith('app/vault/')) return [];
  return [...nodesOf(source.tree)]
    .filter(
      (node) =>
        ts.isCallExpression(node) &&
        ts.isIdentifier(node.expression) &&
        ['seal', 'sealInRun'].includes(node.expression.text),
    )
    .map((node) => `${at(source, node)}: seals bytes as they are; documents go through sealJson, which pads them`);
}

/** Places as checkouts name them, short and long. */
const PLACES = [
  ['Chad', 'Lac'],
  ['Canada', 'Quebec'],
  ['Switzerland', 'Bern'],
  ['United Kingdom', 'Cornwall'],
  ['Dominican Republic', 'Santo Domingo'],
] as const;
const CONTENTS = [
  ['Tea', 1],
  ['Clay mug', 2],
  ['Pregnancy test, early', 12],
  ['Oak shelf, wall-mounted, oiled', 999],
] as const;

describe('the length of a sealed value says how many buckets it fills, and nothing of what is in it', () => {
  let world: IngestWorld;
  beforeAll(async () => {
    world = await openIngestWorld();
  });
  afterAll(() => world.close());

  /** Every column of the registry that holds sealed values. */
  const columns = REGISTRY.flatMap(({ table, columns: entries }) =>
    Object.entries(entries).flatMap(([name, entry]) => ('contents' in entry ? [{ table, name }] : [])),
  );
  const sealedIn = async (table: string, name: string, shopId: string): Promise<Buffer[]> => {
    const sql = `SELECT ${name} AS sealed FROM ${table} WHERE shop_id = $1 AND length(${name}) > 0`;
    return (await world.superuser<{ sealed: Buffer }>(sql, [shopId])).map(({ sealed }) => sealed);
  };
  /** Tables with sealed values of the shop, all of which are padded. */
  const paddedTables = async (shopId: string): Promise<string[]> => {
    const found = new Set<string>();
    for (const { table, name } of columns) {
      for (const sealed of await sealedIn(table, name, shopId)) {
        expect([`${table}.${name}`, isPadded(sealed)]).toEqual([`${table}.${name}`, true]);
        found.add(table);
      }
    }
    return [...found];
  };
  const send = async (shop: string, topic: string, body: object) =>
    expect(await world.post({ shop, topic, body: JSON.stringify(body) })).toBe(200);
  /** How many lengths the sealed values of a column have. */
  const lengthsIn = async (table: string, shopId: string) =>
    new Set((await sealedIn(table, 'sealed', shopId)).map((sealed) => sealed.length)).size;

  it('bytes are sealed as they are by those on the list only', () => {
    expect(appSources().flatMap(unpaddedSeals)).toEqual([]);
    expect(INBOX_BUCKET_BYTES).toBe(BUCKET_BYTES);
  });

  it('control: a seal without padding is caught, in the sources and by its length', () => {
    const careless = `import { seal } from '#app/vault/envelope.ts'; const sealed = seal(key, Buffer.from(country), place);`;
    expect(unpaddedSeals(parse('app/carts/x.ts', careless))).toHaveLength(1);
    const key: VaultKey = { scope: 'checkout', version: 1, secret: randomBytes(32) };
    const place = { shop: 's', table: 't', column: 'c', row: 'r' };
    expect(PLACES.map(([country]) => seal(key, Buffer.from(country), place)).some(isPadded)).toBe(false);
  });

  it('in every column, of a shop with one of everything, while it waits in the inbox and afterwards', async () => {
    const domain = 'padded.myshopify.com';
    const shopId = await world.addShop(domain);
    for (const [topic, body] of story({ domain, mark: 'padded', number: '830000000' })) await send(domain, topic, body);
    expect(await paddedTables(shopId)).toEqual(['inbox.events']);
    await world.apply(shopId);
    expect(await paddedTables(shopId)).toEqual(
      expect.arrayContaining(['app.people', 'app.cart_states', 'app.checkouts', 'app.orders', 'app.privacy_requests']),
    );
  });

  it('of a checkout, whatever country and province it names', async () => {
    const domain = 'places.myshopify.com';
    const shopId = await world.addShop(domain);
    for (const [index, [country, province]] of PLACES.entries()) {
      await send(domain, 'checkouts/create', {
        token: `checkout-${String(index)}`,
        created_at: '2026-11-20T15:02:11.000Z',
        updated_at: '2026-11-20T15:02:12.000Z',
        currency: 'CAD',
        total_price: '76.00',
        line_items: [],
        shipping_address: { country, province },
      });
    }
    expect(await lengthsIn('inbox.events', shopId)).toBe(1);
    await world.apply(shopId);
    expect(await sealedIn('app.checkouts', 'sealed', shopId)).toHaveLength(PLACES.length);
    expect(await lengthsIn('app.checkouts', shopId)).toBe(1);
  });

  it('of a cart, whatever lies in it', async () => {
    const domain = 'contents.myshopify.com';
    const shopId = await world.addShop(domain);
    for (const [index, [title, quantity]] of CONTENTS.entries()) {
      await send(domain, 'carts/create', {
        id: `cart-${String(index)}`,
        token: `cart-${String(index)}?key=secret`,
        created_at: '2026-11-20T15:02:11.000Z',
        updated_at: '2026-11-20T15:02:12.000Z',
        line_items: [{ variant_id: 44871230091457, product_id: 1, title, quantity, price: '38.00' }],
      });
    }
    expect(await lengthsIn('inbox.events', shopId)).toBe(1);
    await world.apply(shopId);
    expect(await sealedIn('app.cart_states', 'sealed', shopId)).toHaveLength(CONTENTS.length);
    expect(await lengthsIn('app.cart_states', shopId)).toBe(1);
  });
});
