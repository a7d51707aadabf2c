import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { ensureShop, withShop } from '#app/data/with-shop.ts';
import { createAdminApi } from '#app/shopify/admin.ts';
import { claimMissingVariants, fetchVariants, MAX_VARIANTS } from '#app/shopify/catalogue.ts';
import { syncShopDetails } from '#app/shopify/shop-details.ts';
import { answerGraphql } from '#test/shopify/admin-api/graphql.ts';
import { createWorld } from '#test/shopify/world/world.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

const DAY_MS = 24 * 60 * 60_000;
const NOW = new Date('2026-11-20T12:00:00.000Z');
const after = (ms: number) => new Date(NOW.getTime() + ms);

let world: ShopWorld;
let shopId: string;

beforeAll(async () => {
  world = await openShopWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.superuser('TRUNCATE app.shops, app.catalogue_variants');
  shopId = await ensureShop(world.db, 'catalogue.myshopify.com');
});

const claim = (ids: string[], now = NOW) =>
  withShop(world.db, shopId, (tx) => claimMissingVariants(sqlTxOfPrisma(tx), shopId, ids, now));

/** An Admin API that answers every question with this. */
const adminAnswering = (data: unknown, asked: unknown[] = []) =>
  createAdminApi({
    tokens: { get: async () => ({ domain: 'catalogue.myshopify.com', accessToken: 't' }) },
    fetch: async (_, init) => {
      asked.push(JSON.parse(String(init?.body)).variables);
      return Response.json({ data });
    },
  });

const node = (id: number, title: string, image: string | null, productImage: string | null) => ({
  id: `gid://shopify/ProductVariant/${String(id)}`,
  title,
  image: image === null ? null : { url: image, altText: 'own' },
  product: {
    title: 'Lamp',
    featuredMedia: productImage === null ? null : { preview: { image: { url: productImage, altText: null } } },
  },
});
const rows = () =>
  world.superuser(
    'SELECT variant_id, product_title, variant_title, image_url, image_alt, fetched_at FROM app.catalogue_variants ORDER BY 1',
  );

describe('variants seen in carts', () => {
  it('are asked for once, and again after ten minutes when nothing came', async () => {
    expect(await claim(['1', '2', '2', 'gid://1', '-1', '9'.repeat(19)])).toEqual(['1', '2']);
    expect(await claim(['2', '3'])).toEqual(['3']);
    expect(await claim(['1', '2', '3'], after(9 * 60_000))).toEqual([]);
    expect(await claim(['1', '2', '3'], after(11 * 60_000))).toEqual(['1', '2', '3']);
  });

  it('are asked for once by two batches at the same time', async () => {
    const claimed = await Promise.all([claim(['5', '6']), claim(['6', '5'])]);
    expect(claimed.flat().sort()).toEqual(['5', '6']);
  });

  it('are stored with their picture, else with that of the product, and refreshed after a week', async () => {
    await claim(['1', '2', '3']);
    const asked: unknown[] = [];
    const admin = adminAnswering(
      {
        nodes: [
          node(1, 'Red', 'https://cdn.shopify.com/red.png', 'https://cdn.shopify.com/lamp.png'),
          node(2, 'Default Title', null, 'https://cdn.shopify.com/lamp.png'),
          null,
        ],
      },
      asked,
    );
    await fetchVariants({ db: world.db, admin, clock: () => NOW }, { shopId, variantIds: ['1', '2', '3'] });
    expect(asked).toEqual([{ ids: [1, 2, 3].map((id) => `gid://shopify/ProductVariant/${String(id)}`) }]);
    const common = { product_title: 'Lamp', fetched_at: NOW };
    expect(await rows()).toEqual([
      {
        ...common,
        variant_id: '1',
        variant_title: 'Red',
        image_url: 'https://cdn.shopify.com/red.png',
        image_alt: 'own',
      },
      {
        ...common,
        variant_id: '2',
        variant_title: null,
        image_url: 'https://cdn.shopify.com/lamp.png',
        image_alt: null,
      },
      { variant_id: '3', product_title: null, variant_title: null, image_url: null, image_alt: null, fetched_at: NOW },
    ]);
    expect(await claim(['1', '2', '3'], after(7 * DAY_MS - 1))).toEqual([]);
    expect(await claim(['1', '2', '3'], after(7 * DAY_MS + 1))).toEqual(['1', '2', '3']);
  });

  it('of a full job are asked for in queries that cost no more than Shopify takes', async () => {
    const shop = createWorld().requireShop('atelier-nord.myshopify.com');
    const grant = { shop: shop.domain, accessToken: 't', scopes: ['read_products'], expiresAt: Infinity };
    const online = { staffId: null, refreshToken: null, refreshExpiresAt: null };
    const admin = createAdminApi({
      tokens: { get: async () => ({ domain: shop.domain, accessToken: 't' }) },
      fetch: async (_, init) =>
        Response.json(answerGraphql(shop, { ...grant, ...online }, JSON.parse(String(init?.body))).answer.body),
    });
    const known = shop.products.flatMap(({ variants }) => variants.map(({ id }) => String(id)));
    const unknown = Array.from({ length: MAX_VARIANTS - known.length }, (_, index) => String(index + 1));
    const variantIds = [...known, ...unknown];
    await claim(variantIds);
    await fetchVariants({ db: world.db, admin, clock: () => NOW }, { shopId, variantIds });
    const stored = (await rows()) as { fetched_at: Date; product_title: string | null }[];
    expect(stored.every(({ fetched_at: at }) => at.getTime() === NOW.getTime())).toBe(true);
    expect(stored.filter(({ product_title: title }) => title !== null)).toHaveLength(known.length);
  });

  it('that are gone from the shop keep what was stored', async () => {
    const variant = { shopId, variantIds: ['1'] };
    const deps = { db: world.db, clock: () => NOW };
    await claim(['1']);
    await fetchVariants({ ...deps, admin: adminAnswering({ nodes: [node(1, 'Red', null, null)] }) }, variant);
    await fetchVariants({ ...deps, admin: adminAnswering({ nodes: [null] }), clock: () => after(DAY_MS) }, variant);
    expect(await rows()).toMatchObject([{ variant_title: 'Red', fetched_at: after(DAY_MS) }]);
  });

  it('are not stored with a picture from an address that is not HTTPS', async () => {
    const admin = adminAnswering({ nodes: [node(1, 'Red', 'javascript:alert(1)', null)] });
    const fetching = fetchVariants({ db: world.db, admin, clock: () => NOW }, { shopId, variantIds: ['1'] });
    await expect(fetching).rejects.toMatchObject({ code: 'shopify.answer' });
  });
});

describe('the details of a shop', () => {
  const shop = {
    ianaTimezone: 'America/Toronto',
    currencyCode: 'CAD',
    currencyFormats: { moneyFormat: '${{amount}}' },
  };
  const currentAppInstallation = { accessScopes: [{ handle: 'read_orders' }, { handle: 'write_privacy_settings' }] };
  const sync = (answer: unknown) =>
    syncShopDetails({ db: world.db, admin: adminAnswering(answer), clock: () => NOW }, shopId);
  const stored = async () =>
    (
      await world.superuser(
        'SELECT time_zone, currency, money_format, shopify_updated_at, granted_scopes FROM app.shops WHERE id = $1',
        [shopId],
      )
    )[0];
  beforeEach(() => world.superuser(`UPDATE app.shops SET status = 'installed', installed_at = $1`, [after(-DAY_MS)]));

  it('are asked for and stored, with what the merchant lets the app do', async () => {
    await world.superuser(`UPDATE app.shops SET granted_scopes = '{read_orders}'`);
    await sync({ shop, currentAppInstallation });
    expect(await stored()).toEqual({
      time_zone: 'America/Toronto',
      currency: 'CAD',
      money_format: '${{amount}}',
      shopify_updated_at: NOW,
      granted_scopes: ['read_orders', 'write_privacy_settings'],
    });
  });

  it('that no page could show are left out', async () => {
    const odd = { ...shop, ianaTimezone: 'America/Nowhere', currencyFormats: { moneyFormat: 'free' } };
    await sync({ shop: odd, currentAppInstallation });
    expect(await stored()).toMatchObject({ time_zone: null, currency: 'CAD', money_format: null });
  });
});
