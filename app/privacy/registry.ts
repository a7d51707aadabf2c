import { cartsTable, cartStates, checkoutsTable, ordersTable } from '#app/privacy/registry/cart-tables.ts';
import { accessPackageLinks, accessPackages, notices } from '#app/privacy/registry/copy-tables.ts';
import type { FieldEntry, SealedEntry, TableEntry } from '#app/privacy/registry/entry.ts';
import {
  inboxDays,
  kekChecks,
  keyRotations,
  shopKeys,
  signingKeys,
  subjectKeys,
} from '#app/privacy/registry/key-tables.ts';
import type { ModelEntry, ModelName } from '#app/privacy/registry/models.ts';
import { personAliases, persons } from '#app/privacy/registry/people-tables.ts';
import {
  accessChains,
  accessCheckpoints,
  accessChecks,
  accessRecords,
  accessReviews,
  agreementAcceptances,
  agreementDelegates,
  erasureReceipts,
  erasureRuns,
  privacyContacts,
  privacyRequests,
  privacyRequestSteps,
  tombstones,
} from '#app/privacy/registry/privacy-tables.ts';
import { accessSettings, reveals, staffMembers } from '#app/privacy/registry/access-tables.ts';
import { RAW_TABLES } from '#app/privacy/registry/raw-tables.ts';
import { READ_AND_DROPPED } from '#app/privacy/registry/read-and-dropped.ts';
import { suppressions } from '#app/privacy/registry/choice-tables.ts';
import { retentionRuns, retentionSettings } from '#app/privacy/registry/retention-tables.ts';
import { catalogueVariants, sessions, shopActivity, shops } from '#app/privacy/registry/shop-tables.ts';
import type { Topic } from '#app/shopify/topics.ts';

export { NEVER_KEPT } from '#app/privacy/registry/read-and-dropped.ts';

/**
 * The registry: for every column that exists, what it is, why it is there, where it comes from, how long it stays, who
 * sees it, how it is erased and how it is exported. A model or column without an entry does not compile; what types
 * cannot see, a test compares with the database.
 *
 * To add a column: add it to prisma/schema.prisma, then here.
 */
const MODELS: { readonly [Model in ModelName]: ModelEntry<Model> } = {
  Shop: shops,
  ShopActivity: shopActivity,
  Session: sessions,
  AgreementAcceptance: agreementAcceptances,
  AgreementDelegate: agreementDelegates,
  PrivacyContact: privacyContacts,
  Person: persons,
  PersonAlias: personAliases,
  Cart: cartsTable,
  CartState: cartStates,
  Checkout: checkoutsTable,
  Order: ordersTable,
  PrivacyRequest: privacyRequests,
  PrivacyRequestStep: privacyRequestSteps,
  Tombstone: tombstones,
  ErasureRun: erasureRuns,
  ErasureReceipt: erasureReceipts,
  AccessPackage: accessPackages,
  AccessPackageLink: accessPackageLinks,
  Notice: notices,
  AccessRecord: accessRecords,
  AccessChain: accessChains,
  AccessCheckpoint: accessCheckpoints,
  StaffMember: staffMembers,
  Reveal: reveals,
  AccessSettings: accessSettings,
  AccessCheck: accessChecks,
  AccessReview: accessReviews,
  Suppression: suppressions,
  RetentionSettings: retentionSettings,
  RetentionRun: retentionRuns,
  CatalogueVariant: catalogueVariants,
  KekCheck: kekChecks,
  KeyRotation: keyRotations,
  ShopKey: shopKeys,
  SubjectKey: subjectKeys,
  InboxDay: inboxDays,
  SigningKey: signingKeys,
};

/** A table with its columns under their names in the database. */
export type RegisteredTable = TableEntry<Readonly<Record<string, FieldEntry | SealedEntry>>>;

/** Every table there is, in reading order. */
export const REGISTRY: readonly RegisteredTable[] = [...Object.values(MODELS).map(withColumnNames), ...RAW_TABLES];

/** One value that can exist: a column, or a field inside a sealed one (`app.people.sealed.firstName`). */
export interface RegisteredField {
  readonly name: string;
  readonly table: string;
  readonly entry: FieldEntry;
}

/** Every field there is. A sealed column is listed by its contents. */
export const FIELDS: readonly RegisteredField[] = REGISTRY.flatMap(({ table, columns }) =>
  Object.entries(columns).flatMap(([column, entry]) =>
    'contents' in entry
      ? Object.entries(entry.contents).map(([field, content]) => fieldOf(table, `${column}.${field}`, content))
      : [fieldOf(table, column, entry)],
  ),
);

/** Fields that say who somebody is or what they did. */
export function personalFields(): readonly RegisteredField[] {
  return FIELDS.filter(({ entry }) => entry.class === 'personal');
}

/** The paths of a topic's body that the app has a use for, sorted. All the edge keeps, and all Shopify is asked for. */
export function fieldsForTopic(topic: Topic): string[] {
  const sources = [
    ...FIELDS.flatMap(({ entry }) => entry.sources),
    ...READ_AND_DROPPED.flatMap(({ sources }) => sources),
  ];
  const paths = sources.flatMap((source) => ('topics' in source && source.topics.includes(topic) ? [source.path] : []));
  return [...new Set(paths)].sort();
}

function fieldOf(table: string, field: string, entry: FieldEntry): RegisteredField {
  return { name: `${table}.${field}`, table, entry };
}

/** Prisma's field names are the columns' in camel case, all of them (a test compares with the database). */
function withColumnNames(entry: TableEntry<Readonly<Record<string, FieldEntry>>>): RegisteredTable {
  const columns = Object.entries(entry.columns).map(([field, column]) => [snakeCase(field), column] as const);
  return { ...entry, columns: Object.fromEntries(columns) };
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
