import type { ShopKeys } from '#app/data/shop-keys.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import type { ShopTx } from '#app/data/with-shop.ts';
import { lookupToken } from '#app/vault/lookup.ts';

/**
 * Which of these people are hidden because the shop hides their country until they have ordered: those without an order
 * of whom a checkout names such a country, or no country at all. Decided by tokens; nothing is opened for it.
 */
export async function hiddenPeople(
  tx: ShopTx,
  keys: ShopKeys,
  shopId: string,
  personIds: readonly string[],
  countries: readonly string[],
): Promise<ReadonlySet<string>> {
  if (countries.length === 0 || personIds.length === 0) return new Set();
  const tokens = countries.map((code) => lookupToken(keys.lookupKey, 'country', code).toString('hex'));
  const rows = await sqlTxOfPrisma(tx).query<{ id: string }>(
    `SELECT p.id FROM app.people p
     WHERE p.shop_id = $1::uuid AND p.id = ANY ($2::uuid[])
       AND NOT EXISTS (SELECT FROM app.orders o WHERE o.shop_id = p.shop_id AND o.person_id = p.id)
       AND NOT (
         EXISTS (SELECT FROM app.checkouts c
           WHERE c.shop_id = p.shop_id AND c.person_id = p.id AND c.country_token IS NOT NULL)
         AND NOT EXISTS (SELECT FROM app.checkouts c
           WHERE c.shop_id = p.shop_id AND c.person_id = p.id
             AND c.country_token = ANY (SELECT decode(t, 'hex') FROM unnest($3::text[]) t)))`,
    [shopId, personIds, tokens],
  );
  return new Set(rows.map(({ id }) => id));
}
