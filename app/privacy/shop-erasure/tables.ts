import { REGISTRY } from '#app/privacy/registry.ts';

/** What remains of a shop that was erased, as its receipt says it. */
export const KEPT_OF_A_SHOP = [
  'the shop’s domain and the times of its installation',
  'version, digest, acceptance and end of the agreement',
  'the request and this receipt',
] as const;

/** Tables of a shop that are not emptied row by row: with the reason. */
const OTHERWISE: Readonly<Record<string, string>> = {
  'app.shops': 'the row stays, without its details',
  'app.agreement_acceptances': 'the agreement stays, without who signed it',
  'inbox.events': 'partitioned: emptied by its own function',
};

/** The tables to empty, what points at something before it. Derived: a table is covered the day it is declared. */
export const TABLES_OF_A_SHOP: readonly string[] = [...REGISTRY]
  .reverse()
  .filter(({ table, columns }) => table.startsWith('app.') && 'shop_id' in columns && !(table in OTHERWISE))
  .map(({ table }) => table);
