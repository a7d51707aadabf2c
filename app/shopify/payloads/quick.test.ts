import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { parseJson } from '#app/shopify/json.ts';
import { ALL_TOPICS, type Topic } from '#app/shopify/topics.ts';

import { PAYLOADS } from './index.ts';
import { projectBySchema, projectPayload, projectQuickly, projectText } from './project.ts';
import { UNSURE } from './quick.ts';

const RUNS = 400;

/** What a sender can put where anything goes. */
const ODD: unknown[] = [
  ...[
    null,
    true,
    '',
    'text',
    '0',
    '12.50',
    '007',
    'token?key=secret',
    '?key=',
    'gid://shopify/Customer/7',
    '\u0000',
    '1'.repeat(25),
  ],
  ...[0, -0, 1, -1, 1.5, 2 ** 31, 2_000_000_001, 2 ** 53 - 1, 2 ** 53, 1e300],
  ...[[], [null], ['a'], [{}], {}, { id: 1 }, { shop_money: null }],
];

/** What Shopify usually writes in the place of a schema that is no object and no list. */
const USUAL: unknown[] = ['text', '38.00', 44881000000000, 1, 2, null];

/** Bodies in the likeness of a schema: mostly right, odd in places, with fields left out and fields nobody named. */
function likeness(schema: z.core.$ZodType): fc.Arbitrary<unknown> {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return likeness(schema.unwrap());
  if (schema instanceof z.ZodPipe) return likeness(schema.in instanceof z.ZodTransform ? schema.out : schema.in);
  if (schema instanceof z.ZodArray)
    return fc.oneof(odd(1), { arbitrary: fc.array(likeness(schema.element), { maxLength: 3 }), weight: 49 });
  if (schema instanceof z.ZodObject) {
    const fields = Object.entries<z.core.$ZodType>(schema.shape).map(
      ([name, field]) => [name, likeness(field)] as const,
    );
    const record = fc.record(
      { ...Object.fromEntries(fields), phone: fc.constant('+15145550142'), constructor: fc.constant(7) },
      { requiredKeys: [] },
    );
    return fc.oneof(odd(1), { arbitrary: record, weight: 49 });
  }
  const fitting = USUAL.filter((value) => z.safeParse(schema, value).success);
  return fc.oneof(odd(1), { arbitrary: fc.constantFrom(...(fitting.length > 0 ? fitting : ODD)), weight: 49 });
}

function odd(weight: number) {
  return { arbitrary: fc.constantFrom(...ODD), weight };
}

/** A body as Shopify writes it, for each topic that comes often. */
const money = { shop_money: { amount: '38.00', currency_code: 'CAD' }, presentment_money: null };
const line = { variant_id: 44881000000000, product_id: 8121000000000, title: 'Mug', price: '38.00', quantity: 2 };
const customer = { id: 7204418805921, email: 'amina@example.com', first_name: 'Amina', phone: null };
const purchase = { cart_token: 'c1', email: null, currency: 'CAD', total_price: '76.00', line_items: [line], customer };
const cart = { token: 'c1', note: 'x', line_items: [{ ...line, price_set: money, line_price_set: money }] };
const order = { id: 6120884430913, name: '#1001', shipping_address: { country_code: 'CA', zip: 'H2X' }, ...purchase };
const USUAL_BODIES: Partial<Record<Topic, unknown>> = {
  'carts/create': cart,
  'carts/update': { ...cart, updated_at: '2026-11-26T10:30:36.442Z' },
  'checkouts/create': { token: 'k1', ...purchase },
  'checkouts/update': { token: 'k1', ...purchase, shipping_address: null },
  'checkouts/delete': { cart_token: 'c1' },
  'orders/create': order,
  'orders/updated': order,
  'orders/cancelled': order,
  'customers/update': customer,
  'customers/delete': { id: 7204418805921 },
};

describe('the quick projection', () => {
  it.each(ALL_TOPICS)('gives what the schema gives or says that it is not sure: %s', (topic) => {
    let sure = 0;
    fc.assert(
      fc.property(likeness(PAYLOADS[topic]), (body) => {
        const quick = projectQuickly(topic, body);
        const slow = projectBySchema(topic, body);
        expect(projectPayload(topic, body)).toStrictEqual(slow);
        const text = JSON.stringify(body);
        // As Shopify may write any number, also one that JavaScript cannot hold.
        const long = text.replaceAll('44881000000000', '9007199254740993');
        for (const sent of [text, long]) {
          expect(projectText(topic, sent)).toStrictEqual(projectBySchema(topic, parseJson(sent)));
        }
        if (quick === UNSURE) return;
        sure += 1;
        expect(slow).toStrictEqual({ ok: true, body: quick });
        // Byte for byte what would be stored.
        expect(JSON.stringify(quick)).toBe(slow.ok ? JSON.stringify(slow.body) : '');
      }),
      { numRuns: RUNS },
    );
    expect(sure).toBeGreaterThan(0);
  });

  it('keeps a number that JavaScript cannot hold', () => {
    const text = '{"id":9007199254740993,"line_items":[{"variant_id":9223372036854775807}]}';
    expect(projectText('orders/create', text)).toEqual({
      ok: true,
      body: { id: '9007199254740993', line_items: [{ variant_id: '9223372036854775807' }] },
    });
  });

  it.each(['', 'null,', '{', '{"a":NaN}', '[1,]'])('says null for what is no JSON: %s', (text) => {
    expect(projectText('carts/update', text)).toBeNull();
  });

  it.each(Object.entries(USUAL_BODIES))('is sure of a usual body: %s', (topic, body) => {
    expect(projectQuickly(topic as Topic, body)).not.toBe(UNSURE);
  });
});
