import { createShop, FIRST_SHOPS, type Shop, type ShopSeed } from './shops.ts';
import type { StaffMember } from './staff.ts';

/** All shops of this stand-in. */
export interface World {
  readonly shops: () => readonly Shop[];
  readonly getShop: (domain: string) => Shop | null;
  /** Throws for a shop nobody made. */
  readonly requireShop: (domain: string) => Shop;
  /** Adds a shop with its own catalogue, staff and customers. */
  readonly addShop: (seed: ShopSeed) => Shop;
}

export function createWorld(): World {
  const shops = new Map<string, Shop>();
  const addShop = (seed: ShopSeed): Shop => {
    if (!/^[a-z0-9][a-z0-9-]*\.myshopify\.com$/.test(seed.domain)) {
      throw new Error(`${seed.domain} is not a myshopify.com domain`);
    }
    if (shops.has(seed.domain)) throw new Error(`${seed.domain} exists already`);
    const shop = createShop(seed, shops.size + 1);
    shops.set(shop.domain, shop);
    return shop;
  };
  const getShop = (domain: string): Shop | null => shops.get(domain) ?? null;
  const requireShop = (domain: string): Shop => {
    const shop = getShop(domain);
    if (!shop) throw new Error(`The stand-in has no shop ${domain}`);
    return shop;
  };
  FIRST_SHOPS.forEach(addShop);
  return { shops: () => [...shops.values()], getShop, requireShop, addShop };
}

/** The shop's staff member with that role; throws when there is none. */
export function requireStaff(shop: Shop, role: StaffMember['role']): StaffMember {
  const member = shop.staff.find((candidate) => candidate.role === role);
  if (!member) throw new Error(`${shop.domain} has no ${role}`);
  return member;
}
