import { z } from 'zod';

import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { type Database, withShop } from '#app/data/with-shop.ts';
import type { AdminApi, AdminOperation } from '#app/shopify/admin.ts';
import { applyGrantedScopes, applyShopUpdate } from '#app/shopify/installation.ts';
import { getMoneyFormat, getTimeZone } from '#app/shopify/shop-values.ts';

interface ShopAnswer {
  readonly shop: {
    readonly ianaTimezone: string;
    readonly currencyCode: string;
    readonly currencyFormats: { readonly moneyFormat: string };
  };
  readonly currentAppInstallation: { readonly accessScopes: readonly { readonly handle: string }[] };
}

/** Needs no scope. Nothing about the shop's owner is asked for. */
const SHOP_DETAILS: AdminOperation<Record<string, never>, ShopAnswer> = {
  name: 'ShopDetails',
  query: `query ShopDetails {
  shop {
    ianaTimezone
    currencyCode
    currencyFormats {
      moneyFormat
    }
  }
  currentAppInstallation {
    accessScopes {
      handle
    }
  }
}`,
  data: z.object({
    shop: z.object({
      ianaTimezone: z.string().min(1),
      currencyCode: z.string().length(3),
      currencyFormats: z.object({ moneyFormat: z.string() }),
    }),
    currentAppInstallation: z.object({ accessScopes: z.array(z.object({ handle: z.string().min(1) })) }),
  }),
};

/**
 * Asks Shopify for the shop's time zone, currency and money format and for what the merchant lets the app do, and stores
 * it; `shop/update` and `app/scopes_update` keep it true later.
 *
 * @throws AppError of {@link AdminApi}.
 */
export async function syncShopDetails(
  { db, admin, clock }: { readonly db: Database; readonly admin: AdminApi; readonly clock: () => Date },
  shopId: string,
  signal?: AbortSignal,
): Promise<void> {
  // The answer is at least as new as the moment of asking.
  const askedAt = clock();
  const { shop, currentAppInstallation } = await admin.run(shopId, SHOP_DETAILS, {}, signal);
  const grantedScopes = currentAppInstallation.accessScopes.map(({ handle }) => handle);
  await withShop(db, shopId, async (prisma) => {
    const tx = sqlTxOfPrisma(prisma);
    await applyShopUpdate(tx, shopId, {
      timeZone: getTimeZone(shop.ianaTimezone),
      currency: shop.currencyCode,
      moneyFormat: getMoneyFormat(shop.currencyFormats.moneyFormat),
      updatedAt: askedAt,
    });
    await applyGrantedScopes(tx, shopId, { grantedScopes, saidAt: askedAt });
  });
}
