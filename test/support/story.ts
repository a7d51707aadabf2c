import type { Topic } from '#app/shopify/topics.ts';

/** Every text of a story carries this, so that one search finds any of them. */
export interface StoryOptions {
  readonly domain: string;
  /** Lower-case letters and digits. */
  readonly mark: string;
  /** Digits; start of every Shopify id in the story. */
  readonly number: string;
  readonly at?: Date;
}

/**
 * Cart, checkout, order, profile and a request for a copy of one customer, with everything Shopify sends besides: telephone,
 * street, notes, IP address, recovery link and so on, which must be kept nowhere.
 */
export function story({ domain, mark, number, at = new Date() }: StoryOptions): [Topic, object][] {
  const time = (seconds: number) => new Date(at.getTime() + seconds * 1000).toISOString();
  const customerId = `${number}01`;
  const email = `shopper.${mark}@example.com`;
  const phone = `+1${number}55`;
  const address = {
    first_name: `First${mark}`,
    last_name: `Last${mark}`,
    name: `First${mark} Last${mark}`,
    company: `Company ${mark}`,
    address1: `${mark} Street`,
    address2: `Flat ${mark}`,
    city: `City${mark}`,
    zip: `Z${mark}`,
    phone,
    latitude: 45.5,
    longitude: -73.5,
    country: 'Canada',
    country_code: 'CA',
    province: `Province ${mark}`,
    province_code: 'QC',
  };
  const customer = {
    id: customerId,
    admin_graphql_api_id: `gid://shopify/Customer/${customerId}`,
    email,
    first_name: `First${mark}`,
    last_name: `Last${mark}`,
    phone,
    note: `Note ${mark}`,
    tags: mark,
    updated_at: time(0),
    default_address: address,
  };
  const line = (quantity: number) => ({
    id: `${number}11`,
    variant_id: `${number}12`,
    product_id: `${number}13`,
    title: `Mug ${mark}`,
    variant_title: `Large ${mark}`,
    quantity,
    price: '38.00',
    line_price: (38 * quantity).toFixed(2),
    sku: `SKU-${mark}`,
    properties: { engraving: `For ${mark}` },
    price_set: { shop_money: { amount: '38.00', currency_code: 'CAD' } },
    line_price_set: { shop_money: { amount: (38 * quantity).toFixed(2), currency_code: 'CAD' } },
  });
  const cartToken = `cart-${mark}`;
  const extras = {
    note: `Leave it with ${mark}`,
    note_attributes: [{ name: 'gift', value: mark }],
    landing_site: `/?utm=${mark}`,
    referring_site: `https://${mark}.example`,
    phone,
    browser_ip: '203.0.113.24',
    client_details: { user_agent: `Browser ${mark}`, browser_ip: '203.0.113.24' },
    abandoned_checkout_url: `https://${domain}/recover?key=${mark}`,
    order_status_url: `https://${domain}/status?key=${mark}`,
    billing_address: address,
    shipping_address: address,
    customer,
    email,
    currency: 'CAD',
    total_price: '76.00',
  };
  const cart = (quantity: number, seconds: number) => ({
    id: cartToken,
    token: `${cartToken}?key=secret${mark}`,
    note: `Note ${mark}`,
    attributes: { who: mark },
    created_at: time(0),
    updated_at: time(seconds),
    line_items: [line(quantity)],
  });
  const checkoutToken = `checkout-${mark}`;
  const order = {
    ...extras,
    id: `${number}21`,
    admin_graphql_api_id: `gid://shopify/Order/${number}21`,
    name: `#${mark}`,
    cart_token: cartToken,
    checkout_token: checkoutToken,
    created_at: time(30),
    updated_at: time(31),
    line_items: [line(2)],
  };
  const checkout = { ...extras, token: checkoutToken, cart_token: cartToken, line_items: [line(2)] };
  return [
    ['carts/create', cart(1, 1)],
    ['carts/update', cart(2, 10)],
    ['checkouts/create', { ...checkout, created_at: time(20), updated_at: time(20) }],
    ['checkouts/update', { ...checkout, created_at: time(20), updated_at: time(29), completed_at: time(30) }],
    ['orders/create', order],
    ['customers/update', { ...customer, updated_at: time(40) }],
    ['customers/data_request', { ...compliance(), orders_requested: [`${number}21`], data_request: { id: 4411 } }],
  ];

  function compliance() {
    return { shop_id: 70412233021, shop_domain: domain, customer: { id: customerId, email, phone } };
  }
}
