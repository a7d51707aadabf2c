import { describe, expect, it } from 'vitest';

import { buildPackage, type HeldRow, type PackageInput } from '#app/privacy/package/build.ts';
import { countsOf, packageSchema } from '#app/privacy/package/document.ts';
import { exportedTables, exportRules, keepPaths } from '#app/privacy/package/export-rules.ts';
import { NOT_READ, SUBJECT_TABLES } from '#app/privacy/package/subject-tables.ts';
import { REGISTRY, type RegisteredTable } from '#app/privacy/registry.ts';
import type { FieldEntry } from '#app/privacy/registry/entry.ts';

const AT = new Date('2026-11-20T10:00:00Z');
const ME = 'person-1';
const person = (id: string, opened: HeldRow['opened']): HeldRow => ({
  columns: { id, support_code: '7F3K', first_seen_at: AT, customer_ref: Buffer.from('secret') },
  opened,
});
const row = (columns: HeldRow['columns'], opened: HeldRow['opened'] = null): HeldRow => ({ columns, opened });

function input(rows: Record<string, HeldRow[]>, more: Partial<PackageInput> = {}): PackageInput {
  return {
    shop: 'clay.myshopify.com',
    madeAt: AT,
    scope: { kind: 'everything', since: null },
    personIds: [ME],
    rows: new Map(Object.entries(rows)),
    looks: [],
    recipients: [],
    askedEmails: [],
    ...more,
  };
}

const section = (built: ReturnType<typeof buildPackage>, name: string) =>
  built.sections.find((found) => found.name === name)?.rows;

describe('a copy', () => {
  it('gives out what the registry says, with purpose, ground, origin and term beside it', () => {
    const built = buildPackage(
      input({ 'app.people': [person(ME, { firstName: 'Amina', email: 'a@example.com', stamps: 'x', secret: 'y' })] }),
    );
    expect(packageSchema.parse(JSON.parse(JSON.stringify(built)))).toEqual(built);
    expect(section(built, 'identity')).toEqual([
      { number: 1, firstSeenAt: AT.toISOString(), firstName: 'Amina', email: 'a@example.com' },
    ]);
    const identity = built.sections.find(({ name }) => name === 'identity');
    expect(identity?.fields.find(({ name }) => name === 'firstName')).toMatchObject({
      purposes: expect.arrayContaining(['customer-service']),
      basis: expect.stringContaining('Art. 28'),
      sources: expect.arrayContaining([expect.stringContaining('customer.first_name')]),
    });
    expect(identity?.kept).toContain('as long as one of their carts');
    expect(identity?.withheld.map(({ field }) => field)).toContain('emailIndex');
    expect(built.purposes.map(({ name }) => name)).toContain('customer-service');
  });

  it('numbers rows, so that they point at each other without an id of ours', () => {
    const built = buildPackage(
      input({
        'app.people': [person(ME, {})],
        'app.carts': [row({ id: 'cart-a', person_id: ME }), row({ id: 'cart-b', person_id: null })],
        'app.cart_states': [row({ cart_id: 'cart-b', changed_at: AT }, { lines: [{ title: 'Mug', sku: 'S1' }] })],
        'app.orders': [row({ id: 'order-a', cart_id: 'cart-b', person_id: ME }, { orderName: '#1' })],
      }),
    );
    expect(section(built, 'cartStates')).toEqual([{ cart: 2, changedAt: AT.toISOString(), lines: [{ title: 'Mug' }] }]);
    expect(section(built, 'orders')).toEqual([{ number: 1, cart: 2, person: 1, orderName: '#1' }]);
    expect(JSON.stringify(built)).not.toMatch(/"(cart-[ab]|order-a|person-1)"/);
    expect(countsOf(built)).toMatchObject({ identity: 1, carts: 2, cartStates: 1, orders: 1, looks: 0 });
  });

  it('leaves out what belongs to somebody else, and what went with it', () => {
    const built = buildPackage(
      input({
        'app.carts': [row({ id: 'cart-x', person_id: 'stranger' })],
        'app.cart_states': [row({ cart_id: 'cart-x', changed_at: AT }, { lines: [{ title: 'Ring' }] })],
        'app.checkouts': [row({ id: 'c', cart_id: 'cart-x', person_id: ME }, { country: 'Canada' })],
        'app.orders': [row({ id: 'o', person_id: 'stranger' }, { orderName: '#9' })],
      }),
    );
    expect(JSON.stringify(built.sections.map(({ rows }) => rows))).not.toMatch(/Ring|#9|stranger/);
    expect(section(built, 'checkouts')).toEqual([{ number: 1, country: 'Canada' }]);
  });

  it('gives out an e-mail on an order only when it is the person’s own', () => {
    const order = (id: string, email: string) => row({ id, person_id: ME }, { email, orderName: '#1' });
    const built = buildPackage(
      input(
        {
          'app.people': [person(ME, { email: 'amina@example.com' })],
          'app.orders': [order('1', ' Amina@Example.com'), order('2', 'friend@example.com'), order('3', 'old@x.org')],
        },
        { askedEmails: ['old@x.org'] },
      ),
    );
    expect(section(built, 'orders')?.map(({ email }) => email)).toEqual([' Amina@Example.com', undefined, 'old@x.org']);
  });

  it('says of somebody whose key is gone only what was never sealed', () => {
    const built = buildPackage(input({ 'app.people': [person(ME, null)] }));
    expect(section(built, 'identity')).toEqual([{ number: 1, firstSeenAt: AT.toISOString() }]);
  });
});

describe('what a copy holds is the registry’s to say', () => {
  it('reads every table of which the registry gives something out, or says why not', () => {
    const named = [...SUBJECT_TABLES.map(({ table }) => table), ...Object.keys(NOT_READ)];
    const exported = exportedTables().map(({ table }) => table.table);
    expect(exported.filter((table) => !named.includes(table))).toEqual([]);
    expect(named.filter((table) => !exported.includes(table))).toEqual([]);
  });

  it('control: a column is part of it on the day it is declared, in the open or inside the seal', () => {
    const people = REGISTRY.find(({ table }) => table === 'app.people');
    if (people === undefined) throw new Error('The registry has no people');
    const shown = { ...people.columns['first_seen_at'] } as FieldEntry;
    const hidden = people.columns['sealed'];
    if (hidden === undefined || !('contents' in hidden)) throw new Error('People are not sealed');
    const inside = { ...hidden.contents['firstName'] } as FieldEntry;
    const changed: RegisteredTable = {
      ...people,
      columns: {
        ...people.columns,
        born_at: shown,
        sealed: { ...hidden, contents: { ...hidden.contents, 'pets.name': inside } },
      },
    };
    const rows = {
      'app.people': [row({ id: ME, born_at: AT }, { pets: [{ name: 'Rex', chip: '1' }], firstName: 'Amina' })],
    };
    const built = buildPackage(input(rows), exportedTables([changed]));
    expect(section(built, 'identity')).toEqual([
      { number: 1, bornAt: AT.toISOString(), pets: [{ name: 'Rex' }], firstName: 'Amina' },
    ]);
    const before = buildPackage(input(rows));
    expect(section(before, 'identity')).toEqual([{ number: 1, firstName: 'Amina' }]);
  });

  it('gives out or explains every field about a person of the tables it reads', () => {
    const read = new Set(SUBJECT_TABLES.map(({ table }) => table));
    for (const { table, columns, sealed, withheld } of exportRules().filter(({ table }) => read.has(table.table))) {
      const fields = Object.entries(table.columns).flatMap(([name, entry]): [string, FieldEntry][] =>
        'contents' in entry ? Object.entries(entry.contents) : [[name, entry]],
      );
      for (const [field, entry] of fields.filter(([, entry]) => entry.class === 'personal')) {
        const isThere = [...columns, ...sealed].includes(field) || withheld.some((held) => held.field === field);
        expect(isThere, `${table.table} ${field} ${entry.class}`).toBe(true);
      }
    }
  });
});

describe('keepPaths', () => {
  it('goes through objects and lists, and leaves what no path names', () => {
    const document = { a: { b: 1, c: 2 }, list: [{ d: 3, e: 4 }, 'loose'], f: null, g: 5 };
    expect(keepPaths(document, ['a.b', 'list.d', 'f'])).toEqual({ a: { b: 1 }, list: [{ d: 3 }, null] });
    expect(keepPaths(document, ['a'])).toEqual({ a: { b: 1, c: 2 } });
  });
});
