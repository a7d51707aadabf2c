import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';

import type { Line } from '#app/carts/line.ts';
import { ERASED_ELSEWHERE, ERASURE_PLAN } from '#app/privacy/erasure/plan.ts';
import {
  FIELDS,
  fieldsForTopic,
  NEVER_KEPT,
  personalFields,
  REGISTRY,
  type RegisteredTable,
} from '#app/privacy/registry.ts';
import type { ModelColumns } from '#app/privacy/registry/models.ts';
import { fieldPathsOf } from '#app/shopify/payloads/field-paths.ts';
import { ALL_TOPICS } from '#app/shopify/topics.ts';
import { createTestDatabase } from '#test/support/database.ts';
import type { TestDatabase } from '#test/support/postgres.ts';
import { whenChanged } from '#test/support/scratch.ts';

/** Every column there is, of every kind of relation; partitions have their parent's. */
const ALL_COLUMNS = `
  SELECT n.nspname || '.' || c.relname || '.' || a.attname AS name
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
    AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'
  ORDER BY 1`;

async function columnsOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(ALL_COLUMNS);
  return rows.map(({ name }) => name);
}

const registered = REGISTRY.flatMap(({ table, columns }) => Object.keys(columns).map((column) => `${table}.${column}`));

describe('law 3: every column is in the registry', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('and every entry is a column', async () => {
    expect((await whenChanged(database, 'SELECT 1', columnsOf)).sort()).toEqual([...registered].sort());
  });

  it.each([
    'CREATE TABLE app.notes (shop_id uuid, note text)',
    'ALTER TABLE app.people ADD COLUMN phone text',
    'ALTER TABLE pgboss.job_common RENAME TO x; ALTER TABLE pgboss.job ADD COLUMN email text',
    'CREATE VIEW public.everybody AS SELECT id FROM app.people',
    'ALTER TABLE app.carts DROP COLUMN currency',
  ])('control: `%s` is caught', async (change) => {
    expect((await whenChanged(database, change, columnsOf)).sort()).not.toEqual([...registered].sort());
  });

  it('control: a column without an entry does not compile', () => {
    type Columns = ModelColumns<'Person'>;
    expectTypeOf<Omit<Columns, 'supportCode'>>().not.toExtend<Columns>();
    expectTypeOf<Columns['sealed']>().toHaveProperty('contents');
  });
});

describe('law 3: the registry is what the edge keeps', () => {
  it.each(ALL_TOPICS)('of %s', (topic) => {
    expect(fieldsForTopic(topic)).toEqual(fieldPathsOf(topic));
  });

  it('and nothing on the list of what is never kept', () => {
    const kept = new Set(ALL_TOPICS.flatMap(fieldsForTopic).flatMap((path) => path.split('.')));
    expect(NEVER_KEPT.flatMap(({ names }) => names.filter((name) => kept.has(name)))).toEqual([]);
  });
});

/** Tables that hold something of a person which an erasure takes, and say neither whose nor who else takes care of it. */
function withoutAnEraser(tables: readonly RegisteredTable[]): string[] {
  const planned = new Set(tables.flatMap(({ table, rowsOf }) => (rowsOf === undefined ? [] : [table])));
  return tables
    .filter(({ columns }) =>
      Object.values(columns).some(
        ({ class: kind, erase }) =>
          (kind === 'personal' || kind === 'pseudonymous') &&
          !(erase.how === 'keep' || (erase.how === 'destroy-key' && /^(shop|request)$/.test(erase.scope))),
      ),
    )
    .map(({ table }) => table)
    .filter((table) => !planned.has(table) && !(table in ERASED_ELSEWHERE));
}

describe('law 4: whatever is a person’s has an eraser the day it is declared', () => {
  it('in every table', () => {
    expect(withoutAnEraser(REGISTRY)).toEqual([]);
    expect(ERASURE_PLAN.map(({ table }) => table)).toEqual(
      expect.arrayContaining([
        'app.people',
        'app.person_aliases',
        'app.carts',
        'app.cart_states',
        'app.checkouts',
        'app.orders',
      ]),
    );
  });

  it('control: a table that says not whose its rows are is caught', () => {
    const people = REGISTRY.find(({ table }) => table === 'app.people');
    if (people === undefined) throw new Error('There are no people');
    const { rowsOf: _forgotten, ...notes } = people;
    expect(withoutAnEraser([...REGISTRY, { ...notes, table: 'app.notes' }])).toEqual(['app.notes']);
  });

  it('and every column it names is one', () => {
    for (const { table, rowsOf, links = {}, columns } of REGISTRY) {
      const named = [...(rowsOf?.columns ?? []), ...Object.keys(links)];
      expect([table, named.filter((column) => !(column in columns))]).toEqual([table, []]);
    }
  });
});

describe('law 3: the registry holds together', () => {
  it('lets personal values stand in sealed columns only', () => {
    const open = personalFields().filter(({ name }) => name.split('.')[2] !== 'sealed');
    expect(open).toEqual([]);
  });

  it('names a purpose and a ground for everything about a person', () => {
    const aboutPeople = FIELDS.filter(({ entry }) => entry.class === 'personal' || entry.class === 'pseudonymous');
    expect(aboutPeople.length).toBeGreaterThan(100);
    expect(aboutPeople.filter(({ entry }) => entry.purposes.length === 0 || entry.basis === null)).toEqual([]);
  });

  it('gives every name, e-mail and number of a person level 1 or 2, and shows level 2 to nobody unasked', () => {
    const level2 = FIELDS.filter(({ entry }) => entry.level === 2);
    expect(level2.map(({ name }) => name).sort()).toEqual([
      'app.access_packages.sealed.sections',
      'app.checkouts.sealed.email',
      'app.erasure_runs.sealed.emails',
      'app.orders.sealed.email',
      'app.people.sealed.email',
      'app.people.sealed.firstName',
      'app.people.sealed.lastName',
      'app.privacy_requests.sealed.emails',
      'inbox.events.sealed.body',
    ]);
    expect(level2.filter(({ entry }) => entry.mask === 'shown' || entry.mask === 'opened-on-record')).toEqual([]);
  });

  it('knows every field of a line, in each of the three tables that seal lines', () => {
    const fieldsOfLine: Record<keyof Line, true> = {
      variantId: true,
      productId: true,
      title: true,
      variantTitle: true,
      quantity: true,
      unitMinor: true,
      lineMinor: true,
    };
    for (const table of ['cart_states', 'checkouts', 'orders']) {
      const prefix = `app.${table}.sealed.lines.`;
      const known = FIELDS.filter(({ name }) => name.startsWith(prefix)).map(({ name }) => name.slice(prefix.length));
      expect(known.sort()).toEqual(Object.keys(fieldsOfLine).sort());
    }
  });
});
