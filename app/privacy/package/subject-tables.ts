import { checkoutPlace, orderPlace, statePlace } from '#app/carts/places.ts';
import { personPlace } from '#app/customers/people-store.ts';
import type { SubjectScope } from '#app/data/subject-scope.ts';
import { requestPlace } from '#app/privacy/requests/subject.ts';
import type { Place } from '#app/vault/place.ts';

/** Whose rows a table has, by the ids that finding a person gave. */
export type SubjectKind = 'person' | 'cart' | 'checkout' | 'order' | 'request';

/** A row as it was read: its columns by their names in the database. */
export type HeldColumns = Readonly<Record<string, unknown>>;

/** How a table's rows about one person are found and opened. What of them is given out is the registry's to say. */
export interface SubjectTable {
  readonly table: string;
  /** The name it has in the copy. */
  readonly section: string;
  readonly find: { readonly column: string; readonly by: SubjectKind };
  /** By which a copy of the last twelve months is limited; null for what has no time, which is always part of it. */
  readonly time: string | null;
  readonly order: readonly string[];
  readonly seal: {
    readonly scope: SubjectScope;
    /** The column with the id whose key opens it. */
    readonly subject: string;
    readonly place: (shopId: string, row: HeldColumns) => Place;
    /** Columns the place is made of. */
    readonly needs: readonly string[];
  } | null;
  /** Columns that point at another section: ids of ours, given out as the number of the row there. */
  readonly refs: Readonly<Record<string, SubjectKind>>;
}

/** Every table that holds something about a shopper. A law compares it with the registry. */
export const SUBJECT_TABLES: readonly SubjectTable[] = [
  {
    table: 'app.people',
    section: 'identity',
    find: { column: 'id', by: 'person' },
    time: null,
    order: ['first_seen_at', 'id'],
    seal: { scope: 'person', subject: 'id', place: (shop, row) => personPlace(shop, idOf(row, 'id')), needs: ['id'] },
    refs: {},
  },
  {
    table: 'app.carts',
    section: 'carts',
    find: { column: 'id', by: 'cart' },
    time: 'last_changed_at',
    order: ['started_at', 'id'],
    seal: null,
    refs: { person_id: 'person' },
  },
  {
    table: 'app.cart_states',
    section: 'cartStates',
    find: { column: 'cart_id', by: 'cart' },
    time: 'changed_at',
    order: ['cart_id', 'changed_at', 'digest'],
    seal: {
      scope: 'cart',
      subject: 'cart_id',
      place: (shop, row) =>
        statePlace(shop, idOf(row, 'cart_id'), row['changed_at'] as Date, row['digest'] as Uint8Array),
      needs: ['cart_id', 'changed_at', 'digest'],
    },
    refs: { cart_id: 'cart' },
  },
  {
    table: 'app.checkouts',
    section: 'checkouts',
    find: { column: 'id', by: 'checkout' },
    time: 'changed_at',
    order: ['started_at', 'id'],
    seal: {
      scope: 'checkout',
      subject: 'id',
      place: (shop, row) => checkoutPlace(shop, idOf(row, 'id')),
      needs: ['id'],
    },
    refs: { cart_id: 'cart', person_id: 'person' },
  },
  {
    table: 'app.orders',
    section: 'orders',
    find: { column: 'id', by: 'order' },
    time: 'changed_at',
    order: ['ordered_at', 'id'],
    seal: { scope: 'order', subject: 'id', place: (shop, row) => orderPlace(shop, idOf(row, 'id')), needs: ['id'] },
    refs: { cart_id: 'cart', person_id: 'person' },
  },
  {
    table: 'app.privacy_requests',
    section: 'requests',
    find: { column: 'id', by: 'request' },
    time: 'received_at',
    order: ['received_at', 'id'],
    seal: { scope: 'request', subject: 'id', place: (shop, row) => requestPlace(shop, idOf(row, 'id')), needs: ['id'] },
    refs: {},
  },
  {
    table: 'app.privacy_request_steps',
    section: 'requestSteps',
    find: { column: 'request_id', by: 'request' },
    time: 'at',
    order: ['request_id', 'id'],
    seal: null,
    refs: { request_id: 'request' },
  },
  {
    table: 'app.access_packages',
    section: 'copies',
    find: { column: 'request_id', by: 'request' },
    time: 'made_at',
    order: ['request_id', 'id'],
    seal: null,
    refs: { request_id: 'request' },
  },
];

/** Tables of which the registry gives something out and which no copy of a shopper's data reads row by row. */
export const NOT_READ: Readonly<Record<string, string>> = {
  'app.access_records': 'Given out as “who looked”: without whose data else was on the same page.',
  'app.sessions': 'About the merchant’s staff, who ask their employer.',
  'app.staff_members': 'About the merchant’s staff, who ask their employer.',
  'app.reveals': 'About the merchant’s staff, who ask their employer.',
  'app.agreement_acceptances': 'About the merchant’s staff, who ask their employer.',
  'app.agreement_delegates': 'About the merchant’s staff, who ask their employer.',
  'app.privacy_contacts': 'About the merchant’s staff, who ask their employer.',
  'app.person_aliases':
    'Which customers Shopify merged: a time without a name; both are part of the copy as one person.',
  'app.erasure_runs':
    'What an erasure has to know until it is done. Of somebody who was erased there is nothing to copy.',
  'app.erasure_receipts': 'Names nobody; the merchant hands it to whoever asked for the erasure.',
  'inbox.events':
    'Webhooks on their way to the tables above: for seconds as a rule, for seven days at most where one fails or is about a customer without a cart. The copy says so.',
};

/** An id column's value. */
export function idOf(row: HeldColumns, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new TypeError('A row has no id');
  return value;
}
