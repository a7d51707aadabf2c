import { z } from 'zod';

import {
  amount,
  cartLines,
  checkoutLine,
  customer,
  idInRequest,
  orderLine,
  requiredId,
  requiredToken,
  shippingAddress,
  text,
  token,
} from '#app/shopify/payloads/fields.ts';
import type { Topic } from '#app/shopify/topics.ts';

const cart = z.object({
  token: requiredToken,
  created_at: text,
  updated_at: text,
  line_items: cartLines,
});

const checkout = z.object({
  token: requiredToken,
  cart_token: token,
  created_at: text,
  updated_at: text,
  completed_at: text,
  email: text,
  currency: text,
  total_price: amount,
  line_items: z.array(checkoutLine).nullish(),
  customer,
  shipping_address: shippingAddress,
});

const order = z.object({
  id: requiredId,
  admin_graphql_api_id: text,
  name: text,
  cart_token: token,
  checkout_token: token,
  created_at: text,
  updated_at: text,
  cancelled_at: text,
  email: text,
  currency: text,
  total_price: amount,
  line_items: z.array(orderLine).nullish(),
  customer,
  shipping_address: shippingAddress,
});

const complianceCustomer = z.object({ id: idInRequest.nullish(), email: text }).nullish();

/**
 * What we keep of each webhook: a field that is not here is dropped before anything is stored. The registry names every
 * field with its purpose, and `include_fields` in shopify.app.toml asks Shopify for no more; tests compare the three.
 */
export const PAYLOADS = {
  'carts/create': cart,
  'carts/update': cart,
  'checkouts/create': checkout,
  'checkouts/update': checkout,
  'checkouts/delete': z.object({ cart_token: token }),
  'orders/create': order,
  'orders/updated': order,
  'orders/cancelled': order,
  'customers/update': z.object({
    id: requiredId,
    admin_graphql_api_id: text,
    email: text,
    first_name: text,
    last_name: text,
    updated_at: text,
  }),
  'customers/delete': z.object({ id: requiredId, admin_graphql_api_id: text }),
  'customers/merge': z.object({
    admin_graphql_api_customer_kept_id: text,
    admin_graphql_api_customer_deleted_id: text,
    status: text,
  }),
  'shop/update': z.object({
    myshopify_domain: text,
    currency: text,
    iana_timezone: text,
    money_format: text,
    updated_at: text,
  }),
  'app/uninstalled': z.object({ myshopify_domain: text, updated_at: text }),
  'app/scopes_update': z.object({ current: z.array(z.string()), updated_at: text }),
  'customers/data_request': z.object({
    shop_domain: z.string(),
    customer: complianceCustomer,
    orders_requested: z.array(idInRequest).nullish(),
    data_request: z.object({ id: idInRequest.nullish() }).nullish(),
  }),
  'customers/redact': z.object({
    shop_domain: z.string(),
    customer: complianceCustomer,
    orders_to_redact: z.array(idInRequest).nullish(),
  }),
  'shop/redact': z.object({ shop_domain: z.string() }),
} as const satisfies Record<Topic, z.ZodObject>;

/** The projected body of a topic. */
export type PayloadOf<T extends Topic> = z.infer<(typeof PAYLOADS)[T]>;
