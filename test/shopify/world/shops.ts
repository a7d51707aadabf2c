import { createCatalogue, type Product, type Variant } from './catalogue.ts';
import { createCustomers, type Customer } from './customers.ts';
import { createStaff, type StaffMember } from './staff.ts';

/** A store and everything in it. `installed` says whether the app may be called about it. */
export interface Shop {
  readonly id: number;
  readonly gid: string;
  readonly number: number;
  /** `atelier-nord.myshopify.com`. */
  readonly domain: string;
  /** `atelier-nord`, as in admin.shopify.com/store/atelier-nord. */
  readonly handle: string;
  readonly name: string;
  readonly ianaTimezone: string;
  readonly currencyCode: string;
  readonly moneyFormat: string;
  readonly contactEmail: string;
  readonly locale: string;
  readonly country: string;
  readonly countryCode: string;
  readonly province: string | null;
  readonly provinceCode: string | null;
  readonly city: string;
  readonly taxRate: number;
  readonly taxTitle: string;
  readonly staff: readonly StaffMember[];
  readonly products: readonly Product[];
  readonly customers: readonly Customer[];
  /** Order ids by customer id. */
  readonly orderIds: Map<number, number[]>;
  installed: boolean;
  lastOrderNumber: number;
}

export interface ShopSeed {
  readonly domain: string;
  readonly name: string;
  readonly ianaTimezone?: string;
  readonly currencyCode?: string;
}

const NORTH = {
  ianaTimezone: 'America/Toronto',
  currencyCode: 'CAD',
  moneyFormat: '${{amount}}',
  locale: 'en-CA',
  country: 'Canada',
  countryCode: 'CA',
  province: 'Quebec',
  provinceCode: 'QC',
  city: 'Montréal',
  taxRate: 0.14975,
  taxTitle: 'GST/QST',
};
const BERLIN = {
  ianaTimezone: 'Europe/Berlin',
  currencyCode: 'EUR',
  moneyFormat: '{{amount_with_comma_separator}} €',
  locale: 'de',
  country: 'Germany',
  countryCode: 'DE',
  province: null,
  provinceCode: null,
  city: 'Berlin',
  taxRate: 0.19,
  taxTitle: 'MwSt',
};

/** The two shops every stand-in starts with. */
export const FIRST_SHOPS: readonly ShopSeed[] = [
  { domain: 'atelier-nord.myshopify.com', name: 'Atelier Nord' },
  { domain: 'second-shop.myshopify.com', name: 'Second Shop' },
];

/** Builds a shop; the same `number` gives the same people, products and ids at every start. */
export function createShop(seed: ShopSeed, number: number): Shop {
  const region = number % 2 === 1 ? NORTH : BERLIN;
  const id = 70_412_233_000 + number;
  return {
    ...region,
    ...(seed.ianaTimezone === undefined ? {} : { ianaTimezone: seed.ianaTimezone }),
    ...(seed.currencyCode === undefined ? {} : { currencyCode: seed.currencyCode }),
    id,
    gid: `gid://shopify/Shop/${id}`,
    number,
    domain: seed.domain,
    handle: seed.domain.replace(/\.myshopify\.com$/, ''),
    name: seed.name,
    contactEmail: `hello@${seed.domain.replace(/\.myshopify\.com$/, '')}.example.com`,
    staff: createStaff(number, region.locale.slice(0, 2)),
    products: createCatalogue({ id, number, vendor: seed.name }),
    customers: createCustomers(number),
    orderIds: new Map(),
    installed: false,
    lastOrderNumber: 1000,
  };
}

export function getVariant(shop: Shop, gid: string): Variant | null {
  for (const product of shop.products) for (const variant of product.variants) if (variant.gid === gid) return variant;
  return null;
}
