import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { createWebhooks } from '../webhooks.ts';
import { createShop } from '../world/shops.ts';
import { createStorefront, type Storefront } from './storefront.ts';
import { visit } from './visit.ts';

const shop = createShop({ domain: 'second-shop.myshopify.com', name: 'Second Shop' }, 2);
const webhooks = createWebhooks({
  secret: 's',
  configuration: { subscriptions: new Map(), scopes: [], optionalScopes: [] },
  origin: () => null,
  backOffMs: 1,
  retries: 0,
});
const storefront = (): Storefront =>
  createStorefront(shop, webhooks, () => new Date(), { send: false, startAt: new Date('2026-11-20T15:00:00Z') });

describe('a shopper', () => {
  it('leaves a trail that is linked by tokens and ids', async () => {
    const { events, shopper } = storefront();
    const guest = shopper(7);
    await guest.addToCart({ product: 'enamel-mug', variant: 'Navy' });
    await guest.changeQuantity(0, 3);
    await guest.startCheckout();
    await guest.giveContact();
    await guest.giveAddress({ country: 'JP' });
    await guest.pay();

    const [cart, changed, early, contact, address, completed, order] = events.map((event) => event.payload);
    expect(events.map((event) => event.topic)).toEqual([
      'carts/create',
      'carts/update',
      'checkouts/create',
      'checkouts/update',
      'checkouts/update',
      'checkouts/update',
      'orders/create',
    ]);
    expect(cart?.['token']).toBe(changed?.['token']);
    expect(changed).toMatchObject({ line_items: [{ quantity: 3, line_price: '45.00' }] });
    expect(early).toMatchObject({ cart_token: cart?.['token'], email: null, shipping_address: [] });
    expect(early).not.toHaveProperty('customer');
    expect(contact).toMatchObject({ token: early?.['token'], email: guest.customer.email });
    expect(address).toMatchObject({
      shipping_address: { country_code: 'JP', province_code: 'JP-13' },
      currency: 'EUR',
    });
    expect(completed?.['completed_at']).toMatch(/\+01:00$/);
    expect(order).toMatchObject({
      cart_token: cart?.['token'],
      checkout_token: early?.['token'],
      customer: { id: guest.customer.id },
    });
    expect(shop.orderIds.get(guest.customer.id)).toContain(order?.['id']);
  });

  it('does the same with the same seed, at the times of the story', async () => {
    const tell = async (seed: number): Promise<string> => {
      const { events, shopper } = storefront();
      const random = createRandom(seed);
      await visit(
        shopper(seed),
        random,
        () => Promise.resolve(),
        () => undefined,
      );
      shop.lastOrderNumber = 1_000;
      return JSON.stringify(events.map(({ topic, payload, triggeredAt }) => ({ topic, payload, triggeredAt })));
    };
    shop.lastOrderNumber = 1_000;
    expect(await tell(11)).toBe(await tell(11));
    expect(await tell(11)).not.toBe(await tell(12));
  });
});
