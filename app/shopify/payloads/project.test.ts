import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseJson } from '#app/shopify/json.ts';
import { ALL_TOPICS, type Topic } from '#app/shopify/topics.ts';

import { projectPayload } from './project.ts';

function bodyOf(topic: Topic, body: unknown): unknown {
  const result = projectPayload(topic, body);
  if (!result.ok) throw new Error(`refused: ${result.paths.join()}`);
  return result.body;
}

function pathsOf(topic: Topic, body: unknown): readonly string[] {
  const result = projectPayload(topic, body);
  return result.ok ? [] : result.paths;
}

const cart = { token: 'hWNA7fQ2', line_items: [] };
const checkout = { token: 'Z2NwLXVz', cart_token: 'hWNA7fQ2' };
const order = { id: 6120884430913 };

describe('the projection', () => {
  it('keeps the named fields and drops the rest, at every depth', () => {
    const body = {
      ...checkout,
      note: 'leave it at the door',
      phone: '+15145550142',
      abandoned_checkout_url: 'https://shop.example/recover?key=0f1e2d',
      note_attributes: [{ name: 'gift', value: 'yes' }],
      customer: { id: 7, email: 'amina@example.com', phone: '+15145550142', default_address: { city: 'Montréal' } },
      shipping_address: { city: 'Montréal', zip: 'H2X 3V4', country: 'Canada', country_code: 'CA', latitude: 45.5 },
      line_items: [{ variant_id: 1, quantity: 1, title: 'Mug', properties: { engraving: 'For you' } }],
    };
    expect(bodyOf('checkouts/update', body)).toEqual({
      ...checkout,
      customer: { id: '7', email: 'amina@example.com' },
      shipping_address: { country: 'Canada', country_code: 'CA' },
      line_items: [{ variant_id: '1', quantity: 1, title: 'Mug' }],
    });
  });

  it('tells null from absent', () => {
    expect(bodyOf('checkouts/update', { ...checkout, email: null })).toEqual({ ...checkout, email: null });
    expect(bodyOf('checkouts/update', checkout)).not.toHaveProperty('email');
    expect(
      bodyOf('checkouts/update', { ...checkout, customer: null, shipping_address: null, line_items: null }),
    ).toEqual({
      ...checkout,
      customer: null,
      shipping_address: null,
      line_items: null,
    });
  });

  it('takes the empty list for "no address"', () => {
    expect(bodyOf('checkouts/create', { ...checkout, shipping_address: [] })).toEqual({
      ...checkout,
      shipping_address: null,
    });
    expect(bodyOf('orders/create', order)).not.toHaveProperty('shipping_address');
    expect(pathsOf('orders/create', { ...order, shipping_address: ['Canada'] })).toEqual(['shipping_address']);
  });

  it('takes bodies in which only Level 1 fields are left', () => {
    const levelOne = { ...order, customer: { id: 7 }, shipping_address: { province_code: 'QC', country_code: 'CA' } };
    expect(bodyOf('orders/updated', levelOne)).toEqual({ ...levelOne, id: '6120884430913', customer: { id: '7' } });
  });

  it('turns ids into digits, exactly', () => {
    const text =
      '{"id":9223372036854775807,"line_items":[{"variant_id":9007199254740993,"product_id":"8120045533377"}]}';
    expect(bodyOf('orders/create', parseJson(text))).toEqual({
      id: '9223372036854775807',
      line_items: [{ variant_id: '9007199254740993', product_id: '8120045533377' }],
    });
    for (const id of [1.5, -1, 2 ** 53, 'gid://shopify/Order/1', '', null, {}]) {
      expect(pathsOf('orders/create', { id })).toEqual(['id']);
    }
  });

  it('takes either spelling of an id in a request by law', () => {
    const body = {
      shop_domain: 'a.myshopify.com',
      customer: { id: 'gid://shopify/Customer/7204418805921' },
      orders_to_redact: [6120884430913, 'gid://shopify/Order/6120884430914'],
    };
    expect(bodyOf('customers/redact', body)).toEqual({
      shop_domain: 'a.myshopify.com',
      customer: { id: '7204418805921' },
      orders_to_redact: ['6120884430913', '6120884430914'],
    });
  });

  it('cuts the secret part off a token, and knows no other rule for tokens', () => {
    expect(bodyOf('carts/update', { ...cart, token: 'hWNA7fQ2?key=d41d8cd98f' })).toEqual(cart);
    expect(bodyOf('checkouts/delete', { cart_token: 'abc?key=def' })).toEqual({ cart_token: 'abc' });
    expect(bodyOf('orders/create', { ...order, cart_token: '', checkout_token: null })).toMatchObject({
      cart_token: null,
      checkout_token: null,
    });
    expect(bodyOf('carts/create', { ...cart, token: 'c1-é/+= ' })).toMatchObject({ token: 'c1-é/+= ' });
    for (const token of ['', '?key=d41d8cd98f', null, 7])
      expect(pathsOf('carts/create', { ...cart, token })).toEqual(['token']);
  });

  it('names the places that are wrong, each once, and no value', () => {
    const lines = Array.from({ length: 40 }, () => ({ quantity: 'Amina Okafor', title: 7 }));
    const paths = pathsOf('carts/create', { token: { Okafor: 1 }, line_items: lines });
    expect(paths).toHaveLength(10);
    expect(paths.slice(0, 3)).toEqual(['token', 'line_items.0.title', 'line_items.0.quantity']);
    expect(paths.join()).not.toMatch(/Amina|Okafor/);
    expect(pathsOf('carts/create', null)).toEqual(['(body)']);
  });

  it('is not impressed by keys of the prototype', () => {
    const body = bodyOf(
      'carts/create',
      parseJson('{"__proto__":{"polluted":1},"constructor":1,"token":"a","line_items":[]}'),
    );
    expect(Object.keys(body as object)).toEqual(['token', 'line_items']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('whatever comes', () => {
  const anything = fc.anything({ maxDepth: 4, withNullPrototype: true });

  it('is projected or refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ALL_TOPICS), anything, (topic, body) => {
        const result = projectPayload(topic, body);
        expect(result.ok || result.paths.length > 0).toBe(true);
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  it('also when it is a real body with one thing changed', () => {
    const bodies: [Topic, unknown][] = [
      [
        'carts/update',
        { ...cart, line_items: [{ variant_id: 1, quantity: 2, price_set: { shop_money: { amount: '1' } } }] },
      ],
      ['checkouts/update', { ...checkout, customer: { id: 7 }, shipping_address: { country: 'Canada' } }],
      ['orders/create', { ...order, line_items: [{ variant_id: 1 }], customer: { id: 7 } }],
      ['customers/data_request', { shop_domain: 'a.myshopify.com', customer: { id: 7 }, orders_requested: [1] }],
      ['app/scopes_update', { current: ['read_orders'] }],
    ];
    const change = fc.record({ body: fc.constantFrom(...bodies), at: fc.nat(30), to: anything });
    fc.assert(
      fc.property(change, ({ body: [topic, body], at, to }) => {
        const result = projectPayload(topic, withChange(body, at, to));
        if (!result.ok) expect(result.paths.every((path) => /^[\w.()]{1,100}$/.test(path))).toBe(true);
        // What is kept can be written as JSON and reads as the same again: sealing it loses nothing.
        else expect(projectPayload(topic, JSON.parse(JSON.stringify(result.body)))).toEqual(result);
      }),
      { seed: 2, numRuns: 2_000 },
    );
  });
});

/** The value with the nth place in it, counted depth first, taken by another value. */
function withChange(value: unknown, at: number, to: unknown): unknown {
  let place = -1;
  const walk = (part: unknown): unknown => {
    place += 1;
    if (place === at) return to;
    if (Array.isArray(part)) return part.map(walk);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, child]) => [key, walk(child)]));
  };
  return walk(value);
}
