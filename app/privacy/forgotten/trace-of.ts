import type { ShopifyEvent } from '#app/ingest/apply/event.ts';
import {
  type Mark,
  type MarkKeys,
  markOfAddress,
  markOfCart,
  markOfCheckout,
  markOfCustomer,
  markOfEmail,
  markOfOrder,
} from '#app/privacy/forgotten/marks.ts';
import { claimOf, customerIdOfGid, getCustomerId, type RawCustomer } from '#app/shopify/person-claim.ts';
import { eventTime, parseTime } from '#app/shopify/stamp.ts';

/** By what an event could be known to be about somebody who was erased. Pure: nothing here reads or writes. */
export type Trace =
  | {
      /** A state of a cart, or the end of one of its checkouts. */
      readonly kind: 'cart';
      readonly cart: Mark;
    }
  | {
      readonly kind: 'purchase';
      /** The checkout or order itself. */
      readonly own: Mark;
      /** Carts and checkouts it came from, by the field that says so. */
      readonly from: Readonly<Partial<Record<'cart_token' | 'checkout_token', Mark>>>;
      /** Whose it says it is: the customer, else the e-mail. Null when it names nobody. */
      readonly claim: Mark | null;
      /** The address that a customer who is named has in their profile. */
      readonly address: Mark | null;
      /** Null when it does not say: then it is taken for old. */
      readonly createdAt: Date | null;
    }
  | {
      readonly kind: 'profile';
      readonly customers: readonly Mark[];
      readonly address: Mark | null;
      readonly at: Date;
      /** Whether it is of use only if its person is there: then it is dropped for somebody who is not. */
      readonly needsPerson: boolean;
    };

/** The trace of an event; null for what is about no person. */
export function traceOf(event: ShopifyEvent, keys: MarkKeys): Trace | null {
  switch (event.topic) {
    case 'carts/create':
    case 'carts/update':
      return { kind: 'cart', cart: markOfCart(keys, event.body.token) };
    case 'checkouts/delete':
      return typeof event.body.cart_token === 'string'
        ? { kind: 'cart', cart: markOfCart(keys, event.body.cart_token) }
        : null;
    case 'checkouts/create':
    case 'checkouts/update':
      return { ...purchase(event, keys, event.body), own: markOfCheckout(keys, event.body.token) };
    case 'orders/create':
    case 'orders/updated':
    case 'orders/cancelled':
      return { ...purchase(event, keys, event.body), own: markOfOrder(keys, event.body.id) };
    case 'customers/update': {
      const id = getCustomerId(event.body) ?? event.body.id;
      const at = eventTime(event.body.updated_at, event).changedAt;
      const address = addressOf(event.body.email, keys);
      return { kind: 'profile', customers: [markOfCustomer(keys, id)], address, at, needsPerson: true };
    }
    case 'customers/delete': {
      const id = getCustomerId(event.body) ?? event.body.id;
      const at = event.triggeredAt ?? event.receivedAt;
      return { kind: 'profile', customers: [markOfCustomer(keys, id)], address: null, at, needsPerson: true };
    }
    case 'customers/merge': {
      // Shopify reports failed merges on the same topic; they join nobody.
      if ((event.body.status ?? 'completed').toLowerCase() !== 'completed') return null;
      const ids = [event.body.admin_graphql_api_customer_deleted_id, event.body.admin_graphql_api_customer_kept_id]
        .map(customerIdOfGid)
        .filter((id) => id !== null);
      const at = event.triggeredAt ?? event.receivedAt;
      const customers = ids.map((id) => markOfCustomer(keys, id));
      return { kind: 'profile', customers, address: null, at, needsPerson: false };
    }
    default:
      return null;
  }
}

interface PurchaseBody {
  readonly cart_token?: string | null | undefined;
  readonly checkout_token?: string | null | undefined;
  readonly created_at?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly customer?: RawCustomer | null | undefined;
}

function purchase(event: ShopifyEvent, keys: MarkKeys, body: PurchaseBody): Omit<Trace & { kind: 'purchase' }, 'own'> {
  const claim = claimOf(body.customer, body.email, '', event.receivedAt);
  return {
    kind: 'purchase',
    from: {
      ...(typeof body.cart_token === 'string' ? { cart_token: markOfCart(keys, body.cart_token) } : {}),
      ...(typeof body.checkout_token === 'string' ? { checkout_token: markOfCheckout(keys, body.checkout_token) } : {}),
    },
    claim:
      claim === null
        ? null
        : claim.customerId !== null
          ? markOfCustomer(keys, claim.customerId)
          : markOfEmail(keys, claim.email ?? ''),
    address: claim?.customerId == null ? null : addressOf(claim.email, keys),
    createdAt: parseTime(body.created_at, event.receivedAt),
  };
}

function addressOf(email: string | null | undefined, keys: MarkKeys): Mark | null {
  return typeof email === 'string' && email.trim() !== '' ? markOfAddress(keys, email) : null;
}

/** Every mark of a trace. */
export function marksOf(trace: Trace): Mark[] {
  switch (trace.kind) {
    case 'cart':
      return [trace.cart];
    case 'purchase':
      return [trace.own, ...Object.values(trace.from), ...[trace.claim, trace.address].filter((mark) => mark !== null)];
    case 'profile':
      return [...trace.customers, ...(trace.address === null ? [] : [trace.address])];
  }
}
