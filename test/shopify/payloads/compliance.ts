import type { Customer } from '../world/customers.ts';
import type { Shop } from '../world/shops.ts';
import { NO_QUIRKS, numericId, type Payload, type Quirks } from './common.ts';

/** A person as the compliance topics name them; a guest has an e-mail address only. */
export type Subject = Customer | { readonly email: string };

function subject(who: Subject, quirks: Quirks): Payload {
  return 'id' in who ? { id: numericId(who.id, quirks), email: who.email, phone: who.phone } : { email: who.email };
}

const shopOf = (shop: Shop): Payload => ({ shop_id: shop.id, shop_domain: shop.domain });

/** customers/data_request. */
export function dataRequestPayload(
  shop: Shop,
  who: Subject,
  orderIds: readonly number[],
  requestId: number,
  quirks: Quirks = NO_QUIRKS,
): Payload {
  return {
    ...shopOf(shop),
    orders_requested: orderIds.map((id) => numericId(id, quirks)),
    customer: subject(who, quirks),
    data_request: { id: requestId },
  };
}

/** customers/redact. */
export function customerRedactPayload(
  shop: Shop,
  who: Subject,
  orderIds: readonly number[],
  quirks: Quirks = NO_QUIRKS,
): Payload {
  return {
    ...shopOf(shop),
    customer: subject(who, quirks),
    orders_to_redact: orderIds.map((id) => numericId(id, quirks)),
  };
}

/** shop/redact. */
export const shopRedactPayload = (shop: Shop): Payload => shopOf(shop);
