import { z } from 'zod';

import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { type Database, withShop } from '#app/data/with-shop.ts';
import type { AdminApi, AdminOperation } from '#app/shopify/admin.ts';
import { applyShopUpdate } from '#app/shopify/installation.ts';

/** Needs no scope. Nothing about the shop's owner is asked for. */
const SHOP_DETAILS: AdminOperation<
  Record<string, never>,
  { shop: { ianaTimezone: string; currencyCode: string; currencyFormats: { moneyFormat: string } } }
> = {
  name: 'ShopDetails',
  query: `query ShopDetails {
  shop {
    ianaTimezone
    currencyCode
    currencyFormats {
      moneyFormat
    }
  }
}`,
  data: z.object({
    shop: z.object({
      ianaTimezone: z.string().min(1),
      currencyCode: z.string().length(3),
      currencyFormats: z.object({ moneyFormat: z.string() }),
    }),
  }),
};

/**
 * Asks Shopify for the shop's time zone, currency and money format and stores them; `shop/update` keeps them true later.
 *
 * @throws AppError of {@link AdminApi}.
 */
export async function syncShopDetails(
  { db, admin, clock }: { readonly db: Database; readonly admin: AdminApi; readonly clock: () => Date },
  shopId: string,
  signal?: AbortSignal,
): Promise<void> {
  // The answer is at least as new as the moment of asking.
  const updatedAt = clock();
  const { shop } = await admin.run(shopId, SHOP_DETAILS, {}, signal);
  await withShop(db, shopId, (tx) =>
    applyShopUpdate(sqlTxOfPrisma(tx), shopId, {
      timeZone: shop.ianaTimezone,
      currency: shop.currencyCode,
      moneyFormat: shop.currencyFormats.moneyFormat,
      updatedAt,
    }),
  );
}
