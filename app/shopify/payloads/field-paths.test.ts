import { expect, it } from 'vitest';

import { ALL_TOPICS } from '#app/shopify/topics.ts';

import { fieldPathsOf } from './field-paths.ts';

it('lists the fields of a topic, lists without an index', () => {
  expect(fieldPathsOf('checkouts/delete')).toEqual(['cart_token']);
  expect(fieldPathsOf('customers/data_request')).toEqual([
    'customer.email',
    'customer.id',
    'data_request.id',
    'orders_requested',
    'shop_domain',
  ]);
  expect(fieldPathsOf('carts/update')).toContain('line_items.price_set.shop_money.currency_code');
  expect(fieldPathsOf('orders/create')).toEqual(
    expect.arrayContaining(['line_items.variant_id', 'shipping_address.province_code', 'customer.email']),
  );
});

it('names nothing that we must never keep', () => {
  const never = /phone|city|zip|address1|address2|latitude|note|properties|attributes|browser_ip|client_details|url/;
  for (const topic of ALL_TOPICS) expect(fieldPathsOf(topic).filter((path) => never.test(path))).toEqual([]);
});
