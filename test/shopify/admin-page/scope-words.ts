/** What a merchant is told that a scope allows. */
const SCOPE_WORDS: Readonly<Record<string, string>> = {
  read_orders: 'See orders, checkouts and carts',
  read_customers: 'See customers',
  read_customer_merge: 'Learn which customers were merged',
  read_products: 'See products',
  write_privacy_settings: 'Change privacy settings',
};

export const wordsOfScope = (scope: string): string => SCOPE_WORDS[scope] ?? scope;
