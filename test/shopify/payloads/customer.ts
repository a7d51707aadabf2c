import type { Customer } from '../world/customers.ts';
import type { Shop } from '../world/shops.ts';
import { gid, NO_QUIRKS, numericId, type Payload, type Quirks } from './common.ts';
import { levelOneOnly } from './level-one.ts';
import { customerAddress, customerCore } from './people.ts';

/** customers/update. */
export function customerPayload(shop: Shop, customer: Customer, updatedAt: Date, quirks: Quirks = NO_QUIRKS): Payload {
  const payload = {
    ...customerCore(shop, customer, updatedAt, quirks),
    addresses: [customerAddress(customer, quirks)],
  };
  return quirks.levelOneOnly ? levelOneOnly(payload) : payload;
}

/** customers/delete. */
export function customerDeletePayload(customer: Customer, quirks: Quirks = NO_QUIRKS): Payload {
  return {
    id: numericId(customer.id, quirks),
    tax_exemptions: [],
    admin_graphql_api_id: gid('Customer', customer.id, quirks),
  };
}

/** customers/merge: `deleted` lives on as `kept`. */
export function customerMergePayload(kept: Customer, deleted: Customer, quirks: Quirks = NO_QUIRKS): Payload {
  return {
    admin_graphql_api_customer_kept_id: gid('Customer', kept.id, quirks),
    admin_graphql_api_customer_deleted_id: gid('Customer', deleted.id, quirks),
    job_id: null,
    status: 'completed',
    errors: [],
  };
}
