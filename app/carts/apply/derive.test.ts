import { describe, expect, it } from 'vitest';

import { type CartSources, deriveCart } from '#app/carts/apply/derive.ts';
import { type CartRow, type CheckoutRow, newCart, type OrderRow } from '#app/carts/apply/rows.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 10, minute));
const digest = (byte: number) => Buffer.alloc(16, byte);

function cart(overrides: Partial<CartRow> = {}): CartRow {
  return { ...newCart(digest(1), at(5)), id: 'cart', ...overrides };
}

function state(minute: number, itemCount: number, byte = 1) {
  return {
    cartId: 'cart',
    changedAt: at(minute),
    triggeredAt: at(minute),
    digest: digest(byte),
    receivedAt: at(minute),
    createdAt: at(0),
    itemCount,
    lineCount: 1,
    valueMinor: 100n,
    currency: 'CAD',
  };
}

const purchase = {
  cartId: 'cart',
  personId: null,
  personEvidence: null,
  itemCount: 7,
  lineCount: 2,
  valueMinor: 900n,
  currency: 'CAD',
  countryToken: null,
  provinceToken: null,
  document: null,
  isNew: false,
  isChanged: false,
};

function checkout(minute: number, overrides: Partial<CheckoutRow> = {}): CheckoutRow {
  return {
    ...purchase,
    id: 'checkout',
    tokenRef: digest(2),
    changedAt: at(minute),
    startedAt: at(minute),
    completedAt: null,
    ...overrides,
  };
}

function order(minute: number, overrides: Partial<OrderRow> = {}): OrderRow {
  return {
    ...purchase,
    id: 'order',
    orderRef: digest(3),
    checkoutRef: null,
    cartEvidence: 'cart-token',
    changedAt: at(minute),
    orderedAt: at(minute),
    cancelledAt: null,
    ...overrides,
  };
}

function derived(sources: Partial<CartSources>, row = cart()): CartRow {
  deriveCart(row, {
    newestStates: [],
    newStates: [],
    checkouts: [],
    orders: [],
    deletions: [],
    mentions: [],
    ...sources,
  });
  return row;
}

describe('deriveCart', () => {
  it('shows the newest state, and of two at one instant the one with the greater trigger time, then digest', () => {
    const tied = [state(9, 1, 1), state(9, 2, 2), state(9, 3, 0)];
    expect(derived({ newestStates: tied, newStates: tied })).toMatchObject({ itemCount: 2, contentOrigin: 'cart' });
  });

  it('starts with the earliest word and was last changed with the latest', () => {
    const row = derived({ newestStates: [state(9, 1)], newStates: [state(9, 1)], checkouts: [checkout(12)] });
    expect(row.startedAt).toEqual(at(0));
    expect(row.lastChangedAt).toEqual(at(12));
    expect(row.checkoutAt).toEqual(at(12));
  });

  it('shows the contents of a checkout or an order when no cart webhook ever came', () => {
    expect(derived({ checkouts: [checkout(6)] })).toMatchObject({ itemCount: 7, contentOrigin: 'checkout' });
    expect(derived({ checkouts: [checkout(6)], orders: [order(8, { itemCount: 5 })] })).toMatchObject({
      itemCount: 5,
      contentOrigin: 'order',
    });
  });

  it('believes a customer id more than an e-mail that was typed later', () => {
    const row = derived({
      checkouts: [checkout(6, { personId: 'customer', personEvidence: 'customer-id' })],
      orders: [order(8, { personId: 'guest', personEvidence: 'email' })],
    });
    expect(row).toMatchObject({ personId: 'customer', personEvidence: 'customer-id' });
  });

  it('keeps the latest deletion of a checkout', () => {
    expect(derived({ deletions: [at(7)] }, cart({ checkoutDeletedAt: at(9) })).checkoutDeletedAt).toEqual(at(9));
  });
});
