import { z } from 'zod';

import type { ShopKeys } from '#app/data/shop-keys.ts';
import { openJson, sealJson } from '#app/vault/sealed-json.ts';

/** What of the agreement is about people, and so is sealed under the shop's key. */

const namedBySchema = z.object({ staffId: z.string(), name: z.string().nullable() });
/** The account owner who named a delegate. */
export type NamedBy = z.infer<typeof namedBySchema>;

const SCHEMAS = {
  agreement_acceptances: z.object({
    signer: z.object({ staffId: z.string(), name: z.string().nullable(), email: z.string().nullable() }),
    namedBy: namedBySchema.optional(),
  }),
  agreement_delegates: z.object({ email: z.string(), namedBy: namedBySchema }),
  privacy_contacts: z.object({ email: z.string() }),
};

type Table = keyof typeof SCHEMAS;
export type Sealed<T extends Table> = z.infer<(typeof SCHEMAS)[T]>;

/** Seals the contents of a row; the row's id is the shop's for `privacy_contacts`. */
export function sealRow<T extends Table>(
  keys: ShopKeys,
  shopId: string,
  table: T,
  rowId: string,
  contents: Sealed<T>,
): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(sealJson(keys.enc, contents, placeOf(shopId, table, rowId)));
}

/** @throws VaultError when it does not open, ZodError when its contents are not ours. */
export function openRow<T extends Table>(
  keys: ShopKeys,
  shopId: string,
  table: T,
  rowId: string,
  sealed: Uint8Array,
): Sealed<T> {
  return SCHEMAS[table].parse(openJson(keys.enc, sealed, placeOf(shopId, table, rowId))) as Sealed<T>;
}

function placeOf(shop: string, table: Table, row: string) {
  return { shop, table, column: 'sealed', row };
}
