import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';

import {
  boolArray,
  byteaArray,
  dateArray,
  int2Array,
  int4Array,
  int8Array,
  textArray,
  timestamptzArray,
  uuidArray,
} from '#app/data/binary-arrays.ts';
import { createTestDatabase } from '#test/support/database.ts';
import type { TestDatabase } from '#test/support/postgres.ts';

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const day = fc.date({ min: new Date('1970-01-01'), max: new Date('2200-01-01'), noInvalidDate: true });
const noNul = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\u0000', ''));

it('PostgreSQL reads back what was written', async () => {
  const row = fc.record({
    bool: fc.boolean(),
    int2: fc.integer({ min: -32_768, max: 32_767 }),
    int4: fc.integer(),
    int8: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    date: day.map((time) => time.toISOString().slice(0, 10)),
    time: fc.option(day),
    uuid: fc.option(fc.uuid()),
    bytea: fc.option(fc.uint8Array({ maxLength: 300 })),
    text: fc.option(noNul),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 40 }), async (rows) => {
      const read = await client.query(
        `SELECT bool, int2, int4, int8, to_char(date, 'YYYY-MM-DD') AS date, time, uuid, bytea, text
         FROM unnest($1::boolean[], $2::smallint[], $3::date[], $4::timestamptz[], $5::uuid[], $6::bytea[], $7::text[], $8::int[], $9::bigint[])
           AS t (bool, int2, date, time, uuid, bytea, text, int4, int8)`,
        [
          boolArray(rows.map(({ bool }) => bool)),
          int2Array(rows.map(({ int2 }) => int2)),
          dateArray(rows.map(({ date }) => date)),
          timestamptzArray(rows.map(({ time }) => time)),
          uuidArray(rows.map(({ uuid }) => uuid)),
          byteaArray(rows.map(({ bytea }) => bytea)),
          textArray(rows.map(({ text }) => text)),
          int4Array(rows.map(({ int4 }) => int4)),
          int8Array(rows.map(({ int8 }) => int8)),
        ],
      );
      const expected = rows.map(({ bytea, ...others }) => ({ ...others, bytea: bytea && Buffer.from(bytea) }));
      expect(read.rows).toEqual(expected.map((one) => ({ ...one, int8: one.int8?.toString() ?? null })));
    }),
    { seed: 7, numRuns: 60 },
  );
});
