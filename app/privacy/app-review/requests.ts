/** What the app asks Shopify for besides webhook fields, each with its reason. A test compares the scopes with shopify.app.toml. */

export const SCOPE_REASONS = {
  read_orders: 'Webhooks of carts, checkouts and orders: the carts themselves and what became of them.',
  read_customers:
    'Webhooks of changed and deleted customers: a corrected name or e-mail, a customer who is gone. Whether a customer has opted out of the sale of their data.',
  read_customer_merge: 'Webhook of merged customers: their carts stay with the person they belong to.',
  read_products: 'Titles and pictures of the variants in a cart; a cart’s webhook carries no picture.',
  write_privacy_settings:
    'Optional, asked for when staff first want it: opting a customer out of the sale of their data when the merchant is asked to. Nothing else is written.',
} as const;

/** Shopify’s protected customer data, as its form lists it. */
export const PROTECTED_FIELDS: readonly { readonly field: string; readonly isAsked: boolean; readonly why: string }[] =
  [
    {
      field: 'Protected customer data (level 1)',
      isAsked: true,
      why: 'Carts, checkouts and orders are what the app shows: whose cart, what is in it, what became of it, to which country and province it ships.',
    },
    {
      field: 'Name (level 2)',
      isAsked: true,
      why: 'So that staff can tell whose cart it is when a customer asks for help.',
    },
    {
      field: 'Email (level 2)',
      isAsked: true,
      why: 'Joins carts, checkouts and orders of one customer, above all those of guests, and lets staff follow up.',
    },
    { field: 'Phone (level 2)', isAsked: false, why: 'No purpose needs it.' },
    {
      field: 'Address (level 2)',
      isAsked: false,
      why: 'No purpose needs streets, cities or postal codes; country and province come without it.',
    },
  ];
