/** What somebody can ask for. `shop-erasure` is a merchant's: everything of the shop. */
export const REQUEST_KINDS = ['access', 'erasure', 'correction', 'objection', 'portability', 'shop-erasure'] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

/** What one person can ask for, and staff can start for them. */
export type PersonalRequestKind = Exclude<RequestKind, 'shop-erasure'>;

/**
 * Who brought it: Shopify by webhook, the merchant's staff for somebody who wrote to them, an individual through the
 * public page, or the clock (a shop that went without a word from Shopify).
 */
export const REQUEST_SOURCES = ['shopify', 'merchant', 'individual', 'clock'] as const;
export type RequestSource = (typeof REQUEST_SOURCES)[number];

/** The rule whose clock counts. */
export const REGIMES = ['shopify', 'gdpr', 'ccpa'] as const;
export type Regime = (typeof REGIMES)[number];

/** How far back a copy reaches: California's twelve months, or all there is. */
export const REQUEST_SCOPES = ['last-12-months', 'everything'] as const;
export type RequestScope = (typeof REQUEST_SCOPES)[number];

/** What starts a request. A deleted customer is treated like one: their data has no purpose left. */
export const REQUEST_TOPICS = [
  'customers/data_request',
  'customers/redact',
  'shop/redact',
  'customers/delete',
] as const;
export type RequestTopic = (typeof REQUEST_TOPICS)[number];

export const KIND_OF_TOPIC: Readonly<Record<RequestTopic, RequestKind>> = {
  'customers/data_request': 'access',
  'customers/redact': 'erasure',
  'customers/delete': 'erasure',
  'shop/redact': 'shop-erasure',
};
