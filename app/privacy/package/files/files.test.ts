import fc from 'fast-check';
import { createHash } from 'node:crypto';

import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';

import type { PackageDocument } from '#app/privacy/package/document.ts';
import { PACKAGE_SCHEMA } from '#app/privacy/package/document.ts';
import { archiveOf } from '#app/privacy/package/files/archive.ts';
import { csvFiles } from '#app/privacy/package/files/csv.ts';
import { htmlPage } from '#app/privacy/package/files/html.ts';

const HOSTILE = `<img src=x onerror="alert('1')">`;

function document(name: string): PackageDocument {
  const field = { name: 'firstName', purposes: ['customer-service'], basis: 'ground', sources: ['Shopify: x'] };
  return {
    schema: PACKAGE_SCHEMA,
    madeAt: '2026-11-20T10:00:00.000Z',
    shop: 'clay.myshopify.com',
    scope: { kind: 'everything', since: null },
    purposes: [{ name: 'customer-service', title: 'Customer service', statement: 'To help.' }],
    sections: [
      {
        name: 'identity',
        about: 'People.',
        kept: '13 months',
        fields: [field],
        withheld: [{ field: 'emailIndex', reason: 'A key of ours.' }],
        rows: [{ number: 1, firstName: name }],
      },
      {
        name: 'cartStates',
        about: 'States.',
        kept: '13 months',
        fields: [],
        withheld: [],
        rows: [
          { cart: 1, currency: 'CAD', valueMinor: 3850, lines: [{ title: name, quantity: 2, unitMinor: 1925 }] },
          { cart: 1, currency: 'CAD', lines: [] },
        ],
      },
    ],
    looks: [
      {
        at: '2026-11-19T09:00:00.000Z',
        purpose: 'cart-activity',
        role: 'staff',
        page: 'cart',
        fields: ['app.cart_states.sealed.lines'],
        by: 'Staff member 1',
      },
    ],
    recipients: [],
  };
}

/** Reads CSV back as a spreadsheet does. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const match of text.replace('\uFEFF', '').matchAll(/("(?:[^"]|"")*"|[^,\r\n]*)(,|\r\n|$)/g)) {
    const [, raw = '', end = ''] = match;
    rows.at(-1)?.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw);
    if (end === '\r\n') rows.push([]);
    if (end === '') break;
  }
  return rows.filter((row) => row.join('') !== '');
}

describe('tables for a spreadsheet', () => {
  it('are one for each section, its lists, and who looked', () => {
    expect([...csvFiles(document('Amina'))].map(({ name }) => name)).toEqual([
      'identity.csv',
      'cart-states.csv',
      'cart-states-lines.csv',
      'who-looked.csv',
    ]);
  });

  it('hold every text as it was, and start no formula', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (name) => {
        const [identity] = csvFiles(document(name));
        const value = parseCsv(identity?.text ?? '')[1]?.[1] ?? '';
        expect(value.replace(/^'/, '')).toBe(name.replace(/^'/, ''));
        expect(value).not.toMatch(/^[=+\-@\t\r|%]/);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the page to read', () => {
  it('escapes whatever a shopper typed, and fetches nothing', () => {
    const page = htmlPage(document(HOSTILE));
    expect(page).not.toContain('<img');
    expect(page).toContain('&#60;img src=x');
    expect(page).not.toMatch(/<script|src=["']|href=/i);
    expect(page).toContain("default-src 'none'");
  });

  it('says money and times in words, and who looked', () => {
    const page = htmlPage(document('Amina'));
    for (const text of [
      '$38.50 CAD',
      '$19.25 CAD',
      'Staff member 1',
      'Understanding cart activity',
      'Items',
      'lies locked',
    ])
      expect(page).toContain(text);
  });
});

describe('the archive', () => {
  const bytesOf = async (archive: ReturnType<typeof archiveOf>) =>
    new Uint8Array(await new Response(archive).arrayBuffer());

  it('holds the page, the data and the tables', async () => {
    const files = unzipSync(await bytesOf(archiveOf(document('Amina'))));
    expect(Object.keys(files).sort()).toEqual([
      'data.json',
      'index.html',
      'tables/cart-states-lines.csv',
      'tables/cart-states.csv',
      'tables/identity.csv',
      'tables/who-looked.csv',
    ]);
    const data = files['data.json'];
    expect(data && JSON.parse(strFromU8(data))).toEqual(document('Amina'));
  });

  it('of the same document is the same, byte for byte', async () => {
    expect(await bytesOf(archiveOf(document('Amina')))).toEqual(await bytesOf(archiveOf(document('Amina'))));
  });

  it('comes in pieces, at the pace at which it is taken, and whole', async () => {
    const big = document('Amina');
    const [section] = big.sections;
    const rows = Array.from({ length: 4_000 }, (_, index) => ({ number: index, firstName: randomText(index) }));
    const large = { ...big, sections: [{ ...section!, rows }] };
    const reader = archiveOf(large).getReader();
    const pieces: Uint8Array[] = [];
    for (let read = await reader.read(); !read.done; read = await reader.read()) pieces.push(read.value);
    expect(pieces.length).toBeGreaterThan(5);
    const data = unzipSync(Uint8Array.from(Buffer.concat(pieces)))['data.json'];
    expect(data && JSON.parse(strFromU8(data))).toEqual(large);
  });

  it('that is given up half way is not packed to its end', async () => {
    const reader = archiveOf(document('Amina')).getReader();
    await reader.read();
    await reader.cancel();
    expect((await reader.read()).done).toBe(true);
  });
});

/** Text that does not pack well, the same for the same number. */
function randomText(seed: number): string {
  return createHash('sha256').update(String(seed)).digest('base64').repeat(2);
}
