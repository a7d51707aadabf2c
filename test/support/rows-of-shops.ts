import type { ShopWorld } from '#test/support/shop-world.ts';

type Behind = Pick<ShopWorld, 'superuser'>;

/** Every table that holds rows of shops, found in the catalogue. */
async function tablesOfShops({ superuser }: Behind): Promise<string[]> {
  const tables = await superuser<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'shop_id' AND NOT a.attisdropped
     WHERE n.nspname IN ('app', 'keys', 'inbox') AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`,
  );
  return tables.map(({ name }) => name);
}

/** How many rows each table still has of a shop, those without any left out. */
export async function rowsLeftOf(world: Behind, shopId: string): Promise<Record<string, number>> {
  const left: Record<string, number> = {};
  for (const name of await tablesOfShops(world)) {
    const [row] = await world.superuser<{ n: number }>(`SELECT count(*)::int AS n FROM ${name} WHERE shop_id = $1`, [
      shopId,
    ]);
    if (row !== undefined && row.n > 0) left[name] = row.n;
  }
  return left;
}

/** A digest of every row of every table that is one of these shops', to the last byte. */
export async function digestsOfRows(world: Behind, shopIds: readonly string[]): Promise<Set<string>> {
  const digests = new Set<string>();
  for (const name of await tablesOfShops(world)) {
    const rows = await world.superuser<{ digest: string }>(
      `SELECT md5(t::text) AS digest FROM ${name} t WHERE shop_id = ANY ($1::uuid[])`,
      [shopIds],
    );
    for (const { digest } of rows) digests.add(`${name} ${digest}`);
  }
  return digests;
}
