import { PURPOSES, type Purpose } from '#app/privacy/purposes.ts';
import { personalFields } from '#app/privacy/registry.ts';

/** What is processed for one purpose, for a page that explains it. */
export interface Disclosure {
  readonly purpose: Purpose;
  readonly title: string;
  readonly statement: string;
  /** Names of fields, such as `firstName`; the text catalogue has a word for each. */
  readonly fields: readonly string[];
}

/** Tables that hold what is about shoppers. What is about the merchant's own staff is told apart from it. */
const SHOPPER_TABLES = new Set(['app.people', 'app.cart_states', 'app.checkouts', 'app.orders']);

/**
 * Which personal data of shoppers is processed and what for. Read from the registry, so that it cannot say less than
 * what the app does.
 */
export function shopperDisclosures(): Disclosure[] {
  const fields = personalFields().filter(({ table }) => SHOPPER_TABLES.has(table));
  return (Object.keys(PURPOSES) as Purpose[]).flatMap((purpose) => {
    const names = fields.filter(({ entry }) => entry.purposes.includes(purpose)).map(({ name }) => leafOf(name));
    return names.length === 0 ? [] : [{ purpose, ...PURPOSES[purpose], fields: [...new Set(names)].sort() }];
  });
}

function leafOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
