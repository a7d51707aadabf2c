import {
  type Look,
  PACKAGE_SCHEMA,
  type PackageDocument,
  type PackageField,
  type PackageRow,
  type PackageSection,
} from '#app/privacy/package/document.ts';
import { exportedTables, type ExportRules, keepPaths } from '#app/privacy/package/export-rules.ts';
import {
  type HeldColumns,
  SUBJECT_TABLES,
  type SubjectKind,
  type SubjectTable,
} from '#app/privacy/package/subject-tables.ts';
import { LAWFUL_BASES, PURPOSES } from '#app/privacy/purposes.ts';
import type { FieldEntry, Source } from '#app/privacy/registry/entry.ts';
import type { RequestScope } from '#app/privacy/requests/kinds.ts';
import { RETENTION_CLASSES } from '#app/privacy/retention.ts';
import { normaliseEmail } from '#app/vault/blind-index.ts';

/** A row about the person, with what its seal held; null where the key is gone, which is what erased means. */
export interface HeldRow {
  readonly columns: HeldColumns;
  readonly opened: Readonly<Record<string, unknown>> | null;
}

/** Everything that was read for one copy. */
export interface PackageInput {
  readonly shop: string;
  readonly madeAt: Date;
  readonly scope: { readonly kind: RequestScope; readonly since: Date | null };
  readonly personIds: readonly string[];
  /** By table. */
  readonly rows: ReadonlyMap<string, readonly HeldRow[]>;
  readonly looks: readonly Look[];
  readonly recipients: readonly string[];
  /** The e-mails by which the request names the person. */
  readonly askedEmails: readonly string[];
  /** Changes to the profile that wait in the inbox. */
  readonly waiting?: readonly PackageRow[];
}

/**
 * Puts a copy together from what was read: the fields that the registry gives out, with purpose, ground, origin and
 * term beside them. Two things are held back that no registry can know: a row that by now belongs to somebody else, and
 * an e-mail on a checkout or order that is not the person's own, such as that of whoever gets the gift.
 *
 * Pure: the same input gives the same document.
 */
export function buildPackage(input: PackageInput, tables: readonly ExportRules[] = exportedTables()): PackageDocument {
  const own = ownEmails(input);
  const rows = new Map(
    SUBJECT_TABLES.map(({ table }) => [table, (input.rows.get(table) ?? []).filter((row) => isTheirs(row, input))]),
  );
  const numbers = rowNumbers(rows);
  const sections = SUBJECT_TABLES.flatMap((subject) => {
    const rules = tables.find(({ table }) => table.table === subject.table);
    if (rules === undefined) return [];
    const theirs = (rows.get(subject.table) ?? []).filter((row) => hasParent(row, subject, numbers));
    const kept = theirs.map((row) => rowOf(row, rules, subject.refs, numbers, own));
    return [sectionOf(subject.section, rules, kept)];
  });
  const { waiting = [] } = input;
  if (waiting.length > 0) sections.push(waitingSection(tables, waiting));
  const purposes = new Set(sections.flatMap(({ fields }) => fields.flatMap((field) => field.purposes)));
  return {
    schema: PACKAGE_SCHEMA,
    madeAt: input.madeAt.toISOString(),
    shop: input.shop,
    scope: { kind: input.scope.kind, since: input.scope.since?.toISOString() ?? null },
    purposes: Object.entries(PURPOSES).flatMap(([name, purpose]) => (purposes.has(name) ? [{ name, ...purpose }] : [])),
    sections,
    looks: [...input.looks],
    recipients: [...input.recipients],
  };
}

type RowNumbers = Readonly<Record<SubjectKind, ReadonlyMap<string, number>>>;

/** Our ids mean nothing to anybody: within a copy, rows have numbers by which they point at each other. */
function rowNumbers(rows: ReadonlyMap<string, readonly HeldRow[]>): RowNumbers {
  const numbered = (by: SubjectKind) => {
    const subject = SUBJECT_TABLES.find(({ find }) => find.by === by && find.column === 'id');
    const ids = (rows.get(subject?.table ?? '') ?? []).map(({ columns }) => columns['id']);
    return new Map(ids.flatMap((id, index) => (typeof id === 'string' ? [[id, index + 1] as const] : [])));
  };
  return {
    person: numbered('person'),
    cart: numbered('cart'),
    checkout: numbered('checkout'),
    order: numbered('order'),
    request: numbered('request'),
  };
}

function isTheirs({ columns }: HeldRow, { personIds }: PackageInput): boolean {
  const owner = columns['person_id'];
  return typeof owner !== 'string' || personIds.includes(owner);
}

/** What a cart went through goes with the cart: left out where that is. */
function hasParent({ columns }: HeldRow, { find }: SubjectTable, numbers: RowNumbers): boolean {
  return find.column === 'id' || numbers[find.by].has(String(columns[find.column]));
}

function rowOf(
  { columns, opened }: HeldRow,
  rules: ExportRules,
  refs: Readonly<Record<string, SubjectKind>>,
  numbers: RowNumbers,
  own: ReadonlySet<string>,
): PackageRow {
  const row: PackageRow = {};
  const number = Object.values(numbers)
    .map((byId) => byId.get(String(columns['id'])))
    .find((found) => found !== undefined);
  if (number !== undefined) row['number'] = number;
  for (const [column, kind] of Object.entries(refs)) {
    const id = columns[column];
    const target = typeof id === 'string' ? numbers[kind].get(id) : undefined;
    if (target !== undefined) row[kind] = target;
  }
  for (const column of rules.columns) {
    const value = plain(columns[column]);
    if (value !== null) row[camelCase(column)] = value;
  }
  for (const [field, value] of Object.entries(opened === null ? {} : keepPaths(opened, rules.sealed))) {
    if (field !== 'email' || rules.table.table === 'app.people' || isOwn(value, own)) row[field] = value;
  }
  return row;
}

/** The addresses that are certainly the person's own: those of their profiles, and the one they wrote from. */
function ownEmails({ rows, askedEmails }: PackageInput): ReadonlySet<string> {
  const profiles = (rows.get('app.people') ?? []).map(({ opened }) => opened?.['email']);
  const emails = [...profiles, ...askedEmails].filter((email) => typeof email === 'string');
  return new Set(emails.map(normaliseEmail));
}

function isOwn(email: unknown, own: ReadonlySet<string>): boolean {
  return typeof email === 'string' && own.has(normaliseEmail(email));
}

function sectionOf(
  name: string,
  { table, columns, sealed, withheld }: ExportRules,
  rows: PackageRow[],
): PackageSection {
  const { title, limit } = RETENTION_CLASSES[table.retention];
  const entries = Object.entries(table.columns);
  const contents = entries.flatMap(([, entry]) => ('contents' in entry ? Object.entries(entry.contents) : []));
  const fieldsOf = (from: readonly (readonly [string, FieldEntry])[], names: readonly string[]) =>
    from.flatMap(([field, entry]) => (names.includes(field) ? [fieldOf(camelCase(field), entry)] : []));
  return {
    name,
    about: table.about,
    kept: `${title}: ${limit}`,
    fields: [...fieldsOf(entries, columns), ...fieldsOf(contents, sealed)],
    withheld: withheld.map(({ field, reason }) => ({ field: camelCase(field), reason })),
    rows,
  };
}

/** Changes to a profile that are not sorted in: the fields are a person's, the term is the inbox's. */
function waitingSection(tables: readonly ExportRules[], rows: readonly PackageRow[]): PackageSection {
  const people = tables.find(({ table }) => table.table === 'app.people')?.table;
  const contents = Object.values(people?.columns ?? {}).flatMap((entry) =>
    'contents' in entry ? Object.entries(entry.contents) : [],
  );
  const { title, limit } = RETENTION_CLASSES.inbox;
  return {
    name: 'waitingProfiles',
    about: 'Changes to your profile that Shopify told the app and that belong to no cart it knows.',
    kept: `${title}: ${limit}`,
    fields: contents.flatMap(([name, entry]) => (rows.some((row) => name in row) ? [fieldOf(name, entry)] : [])),
    withheld: [],
    rows: [...rows],
  };
}

function fieldOf(name: string, { purposes, basis, sources }: FieldEntry): PackageField {
  return {
    name,
    purposes: [...purposes],
    basis: basis === null ? null : LAWFUL_BASES[basis],
    sources: [...new Set(sources.map(sourceText))],
  };
}

function sourceText(source: Source): string {
  return 'path' in source
    ? `Shopify: ${source.path} (${source.topics.join(', ')})`
    : `${source.origin}: ${source.what}`;
}

/** A value as JSON has it; null for nothing. */
function plain(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return value;
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
