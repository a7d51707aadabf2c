import { checkoutPlace, orderPlace, statePlace } from '#app/carts/places.ts';
import { personPlace } from '#app/customers/people-store.ts';
import type { SubjectScope } from '#app/data/subject-scope.ts';
import { runPlace } from '#app/privacy/erasure/run-record.ts';
import { packagePlace } from '#app/privacy/package/package-place.ts';
import { requestPlace } from '#app/privacy/requests/subject.ts';
import type { Place } from '#app/vault/place.ts';

/** One row that holds something sealed, as a page of it is read. */
export interface SealedRow {
  readonly subject_id: string;
  readonly person_id: string | null;
  /** The request that it is, or was made for. */
  readonly request_id?: string | null;
  readonly sealed: Uint8Array;
  readonly changed_at?: Date;
  readonly digest?: Uint8Array;
}

/** A table with sealed values of people, and what their seals are bound to. A scan that meets a sealed column that is not here says so. */
export interface SealedSource {
  readonly table: string;
  readonly column: string;
  readonly scope: SubjectScope;
  /** The column with our id of the subject; the first one of the table's key after the shop. */
  readonly subject: string;
  /** The other columns of a {@link SealedRow}. */
  readonly select: string;
  readonly place: (shopId: string, row: SealedRow) => Place;
}

const byId = (table: string, scope: SubjectScope, select: string, place: (shopId: string, id: string) => Place) =>
  ({
    table: `app.${table}`,
    column: 'sealed',
    scope,
    subject: 'id',
    select,
    place: (shopId, row) => place(shopId, row.subject_id),
  }) satisfies SealedSource;

export const SEALED_SOURCES: readonly SealedSource[] = [
  byId('people', 'person', 'id AS person_id', personPlace),
  byId('checkouts', 'checkout', 'person_id', checkoutPlace),
  byId('orders', 'order', 'person_id', orderPlace),
  byId('privacy_requests', 'request', 'NULL::uuid AS person_id, id AS request_id', requestPlace),
  byId('access_packages', 'request', 'NULL::uuid AS person_id, request_id', packagePlace),
  {
    table: 'app.erasure_runs',
    column: 'sealed',
    scope: 'request',
    subject: 'request_id',
    select: 'NULL::uuid AS person_id',
    place: (shopId, row) => runPlace(shopId, row.subject_id),
  },
  {
    table: 'app.cart_states',
    column: 'sealed',
    scope: 'cart',
    subject: 'cart_id',
    select: 'NULL::uuid AS person_id, changed_at, digest',
    place: (shopId, row) =>
      statePlace(shopId, row.subject_id, row.changed_at ?? new Date(0), row.digest ?? new Uint8Array()),
  },
];

/** Sealed, and about the merchant's own staff, or opened elsewhere: a shopper's request does not reach them. */
export const NOT_ABOUT_SHOPPERS: ReadonlySet<string> = new Set([
  'app.sessions.sealed',
  'app.agreement_acceptances.sealed',
  'app.agreement_delegates.sealed',
  'app.privacy_contacts.sealed',
  'app.staff_members.sealed',
  'inbox.events.sealed',
]);
