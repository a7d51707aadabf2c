import { ADMIN_API, columnsOf, from, HEADER, OURS, sealed } from '#app/privacy/registry/entry.ts';
import type { ModelEntry } from '#app/privacy/registry/models.ts';
import { CHECKOUTS, CUSTOMER, MERGE, ORDERS, PURCHASES } from '#app/privacy/registry/topic-groups.ts';

/** The people behind carts. */

const people = {
  retention: 'person',
  erase: { how: 'delete-row' },
  basis: 'merchant-instruction',
  purposes: ['customer-link', 'customer-service'],
} as const;
const of = columnsOf(people);
const service = { purposes: ['customer-service', 'privacy-requests'] } as const;
const address = { purposes: ['customer-link', 'customer-service', 'privacy-requests'] } as const;

export const persons: ModelEntry<'Person'> = {
  ...people,
  table: 'app.people',
  rowsOf: { kind: 'person', columns: ['id'] },
  about: 'One row for each Shopify customer, one for each e-mail that came without a customer.',
  columns: {
    shopId: of.technical(OURS('the shop')),
    id: of.handle(OURS('random id')),
    customerRef: of.handle([
      ...from(PURCHASES, 'customer.id', 'customer.admin_graphql_api_id'),
      ...from(CUSTOMER, 'id', 'admin_graphql_api_id'),
    ]),
    guestRef: of.handle(from(PURCHASES, 'email')),
    emailIndex: of.handle([...from(PURCHASES, 'customer.email', 'email'), ...from(CUSTOMER, 'email')]),
    supportCode: of.handle(OURS('four characters from the keyed digest: “Customer 7F3K”'), { mask: 'shown' }),
    firstSeenAt: of.trace([...from(PURCHASES, 'created_at')]),
    lastActiveAt: of.trace(OURS('the last change of the newest of their carts, checkouts and orders that are gone')),
    saleAnswer: of.trace(ADMIN_API('Customer.dataSaleOptOut'), { purposes: ['privacy-requests'] }),
    saleAskedAt: of.trace(OURS('clock'), { purposes: ['privacy-requests'] }),
    sealed: sealed('person', {
      customerId: of.personal(
        [
          ...from(PURCHASES, 'customer.id', 'customer.admin_graphql_api_id'),
          ...from(CUSTOMER, 'id', 'admin_graphql_api_id'),
        ],
        1,
      ),
      firstName: of.personal([...from(PURCHASES, 'customer.first_name'), ...from(CUSTOMER, 'first_name')], 2, service),
      lastName: of.personal([...from(PURCHASES, 'customer.last_name'), ...from(CUSTOMER, 'last_name')], 2, service),
      email: of.personal(
        [...from(PURCHASES, 'customer.email'), ...from([...CHECKOUTS, ...ORDERS], 'email'), ...from(CUSTOMER, 'email')],
        2,
        address,
      ),
      stamps: of.technical([...from(PURCHASES, 'customer.updated_at', 'updated_at'), ...from(CUSTOMER, 'updated_at')]),
    }),
  },
};

export const personAliases: ModelEntry<'PersonAlias'> = {
  ...people,
  table: 'app.person_aliases',
  rowsOf: { kind: 'customer', columns: ['deleted_ref', 'kept_ref'] },
  about: 'Two customers that Shopify merged into one.',
  columns: {
    shopId: of.technical(OURS('the shop')),
    deletedRef: of.handle(from(MERGE, 'admin_graphql_api_customer_deleted_id')),
    keptRef: of.handle(from(MERGE, 'admin_graphql_api_customer_kept_id')),
    mergedAt: of.trace(HEADER('X-Shopify-Triggered-At')),
  },
};
