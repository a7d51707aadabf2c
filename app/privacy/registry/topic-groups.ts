import type { Topic } from '#app/shopify/topics.ts';

/** Topics whose bodies have the same fields. */
export const CARTS = ['carts/create', 'carts/update'] as const satisfies readonly Topic[];
export const CHECKOUTS = ['checkouts/create', 'checkouts/update'] as const satisfies readonly Topic[];
export const ORDERS = ['orders/create', 'orders/updated', 'orders/cancelled'] as const satisfies readonly Topic[];
export const PURCHASES = [...CHECKOUTS, ...ORDERS] as const;
export const CUSTOMER = ['customers/update'] as const satisfies readonly Topic[];
export const CUSTOMER_GONE = ['customers/delete'] as const satisfies readonly Topic[];
export const MERGE = ['customers/merge'] as const satisfies readonly Topic[];
export const SHOP = ['shop/update'] as const satisfies readonly Topic[];
export const UNINSTALLED = ['app/uninstalled'] as const satisfies readonly Topic[];
export const SCOPES = ['app/scopes_update'] as const satisfies readonly Topic[];
export const DATA_REQUEST = ['customers/data_request'] as const satisfies readonly Topic[];
export const REDACT = ['customers/redact'] as const satisfies readonly Topic[];
export const SHOP_REDACT = ['shop/redact'] as const satisfies readonly Topic[];
