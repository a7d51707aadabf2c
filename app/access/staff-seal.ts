import { z } from 'zod';

import type { ShopKeys } from '#app/data/shop-keys.ts';
import { readHeader } from '#app/vault/envelope.ts';
import { VaultError } from '#app/vault/errors.ts';
import { openJson, sealJson } from '#app/vault/sealed-json.ts';

const identitySchema = z.object({ staffId: z.string(), name: z.string().nullable(), email: z.string().nullable() });

/** Who a staff member is, as Shopify's session says; sealed under the shop's key. */
export type StaffIdentity = z.infer<typeof identitySchema>;

export function sealStaff(
  keys: ShopKeys,
  shopId: string,
  id: string,
  identity: StaffIdentity,
): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(sealJson(keys.enc, identity, placeOf(shopId, id)));
}

/** @throws VaultError when it does not open, ZodError when its contents are not ours. */
export function openStaff(keys: ShopKeys, shopId: string, id: string, sealed: Uint8Array): StaffIdentity {
  const key = keys.encByVersion.get(readHeader(sealed).version);
  if (key === undefined) throw new VaultError('vault.unopenable');
  return identitySchema.parse(openJson(key, sealed, placeOf(shopId, id)));
}

function placeOf(shop: string, row: string) {
  return { shop, table: 'staff_members', column: 'sealed', row };
}
