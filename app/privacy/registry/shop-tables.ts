import { ADMIN_API, columnsOf, from, HEADER, MERCHANT, OURS, sealed, SESSION } from '#app/privacy/registry/entry.ts';
import type { ModelEntry } from '#app/privacy/registry/models.ts';
import { SCOPES, SHOP } from '#app/privacy/registry/topic-groups.ts';

/** The installation, who may come in, and what the shop sells. Shoppers do not occur here. */

const installation = {
  retention: 'installation',
  erase: { how: 'keep', reason: 'No person occurs in it.' },
  basis: null,
  purposes: [],
} as const;
const ofInstallation = columnsOf(installation);

export const shops: ModelEntry<'Shop'> = {
  ...installation,
  table: 'app.shops',
  about: 'A shop that has ever spoken to the app: installation, settings.',
  columns: {
    id: ofInstallation.technical(OURS('random id')),
    domain: ofInstallation.shop(HEADER('X-Shopify-Shop-Domain, vouched for by the body where the body names a shop')),
    status: ofInstallation.shop(OURS('from tokens issued and app/uninstalled')),
    epoch: ofInstallation.technical(OURS('number of the installation')),
    installedAt: ofInstallation.shop(OURS('time the first token was issued')),
    uninstalledAt: ofInstallation.shop(HEADER('X-Shopify-Triggered-At of app/uninstalled')),
    onboardedAt: ofInstallation.shop(OURS('time of acceptance of the agreement')),
    timeZone: ofInstallation.shop([...from(SHOP, 'iana_timezone'), ...ADMIN_API('shop.ianaTimezone')]),
    currency: ofInstallation.shop([...from(SHOP, 'currency'), ...ADMIN_API('shop.currencyCode')]),
    moneyFormat: ofInstallation.shop([...from(SHOP, 'money_format'), ...ADMIN_API('shop.currencyFormats.moneyFormat')]),
    shopifyUpdatedAt: ofInstallation.technical(from(SHOP, 'updated_at')),
    grantedScopes: ofInstallation.shop([...from(SCOPES, 'current', 'updated_at'), ...SESSION('scope')]),
    idleAfterMinutes: ofInstallation.shop(MERCHANT('after how long without change a cart counts as abandoned')),
    createdAt: ofInstallation.technical(OURS('clock')),
  },
};

export const shopActivity: ModelEntry<'ShopActivity'> = {
  ...installation,
  table: 'app.shop_activity',
  about: 'A number that grows with every batch applied for the shop; the live pages poll it.',
  columns: {
    shopId: ofInstallation.technical(OURS('the shop')),
    revision: ofInstallation.technical(OURS('counter')),
    lastEventAt: ofInstallation.technical(OURS('clock')),
    appliedAt: ofInstallation.technical(OURS('clock')),
    expiredCount: ofInstallation.technical(
      OURS('how many messages were refused because the time of what they told was up'),
    ),
    expiredAt: ofInstallation.technical(OURS('clock')),
  },
};

const staff = {
  retention: 'session',
  erase: { how: 'delete-row' },
  basis: 'contract-with-merchant',
  purposes: ['security'],
} as const;
const ofStaff = columnsOf(staff);

export const sessions: ModelEntry<'Session'> = {
  ...staff,
  table: 'app.sessions',
  about: 'Shopify sessions: access tokens of the shop and of its staff, with the staff member’s name and e-mail.',
  columns: {
    shopId: ofStaff.technical(OURS('the shop')),
    id: ofStaff.handle(SESSION('id: shop domain and Shopify’s number of the staff member'), { level: 0 }),
    isOnline: ofStaff.technical(SESSION('isOnline')),
    sealed: sealed('shop', {
      accessToken: ofStaff.personal(SESSION('accessToken'), 0, {
        mask: 'never-shown',
        export: { withheld: 'A credential.' },
      }),
      refreshToken: ofStaff.personal(SESSION('refreshToken'), 0, {
        mask: 'never-shown',
        export: { withheld: 'A credential.' },
      }),
      'onlineAccessInfo.associated_user': ofStaff.personal(
        SESSION('staff member: id, name, e-mail, role, language'),
        0,
      ),
      scope: ofStaff.technical(SESSION('scope')),
      expires: ofStaff.technical(SESSION('expires')),
    }),
    expiresAt: ofStaff.technical(SESSION('expires')),
    updatedAt: ofStaff.technical(OURS('clock')),
  },
};

const catalogue = {
  retention: 'catalogue',
  erase: { how: 'keep', reason: 'What a shop sells is about nobody.' },
  basis: null,
  purposes: [],
} as const;
const ofCatalogue = columnsOf(catalogue);

export const catalogueVariants: ModelEntry<'CatalogueVariant'> = {
  ...catalogue,
  table: 'app.catalogue_variants',
  about: 'Titles and pictures of what the shop sells.',
  columns: {
    shopId: ofCatalogue.technical(OURS('the shop')),
    variantId: ofCatalogue.shop(ADMIN_API('productVariant.id')),
    productTitle: ofCatalogue.shop(ADMIN_API('product.title')),
    variantTitle: ofCatalogue.shop(ADMIN_API('productVariant.title')),
    imageUrl: ofCatalogue.shop(ADMIN_API('image.url')),
    imageAlt: ofCatalogue.shop(ADMIN_API('image.altText')),
    fetchedAt: ofCatalogue.technical(OURS('clock')),
  },
};
