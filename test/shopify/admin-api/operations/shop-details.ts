import type { Operation } from '../operation.ts';

export const shopDetails: Operation = {
  name: 'ShopDetails',
  scopes: [],
  resolve: ({ shop, granted }) => ({
    currentAppInstallation: {
      __typename: 'AppInstallation',
      accessScopes: granted.map((handle) => ({ __typename: 'AccessScope', handle })),
    },
    shop: {
      __typename: 'Shop',
      id: shop.gid,
      name: shop.name,
      myshopifyDomain: shop.domain,
      ianaTimezone: shop.ianaTimezone,
      currencyCode: shop.currencyCode,
      currencyFormats: {
        moneyFormat: shop.moneyFormat,
        moneyWithCurrencyFormat: `${shop.moneyFormat} ${shop.currencyCode}`,
      },
      contactEmail: shop.contactEmail,
      email: shop.contactEmail,
    },
  }),
};
