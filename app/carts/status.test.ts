import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CART_STATUSES, type CartFacts, cartStatus } from '#app/carts/status.ts';

const NOW_MS = Date.UTC(2026, 10, 23, 12);
const MINUTE_MS = 60_000;

const plain: CartFacts = {
  itemCount: 2,
  lastChangedAtMs: NOW_MS - MINUTE_MS,
  checkoutAtMs: null,
  checkoutDeletedAtMs: null,
  orderedAtMs: null,
};
const statusOf = (facts: Partial<CartFacts>) => cartStatus({ ...plain, ...facts }, 60, NOW_MS);

const time = fc.integer({ min: NOW_MS - 400 * MINUTE_MS, max: NOW_MS + 5 * MINUTE_MS });
const maybeTime = fc.option(time);
const facts = fc.record({
  itemCount: fc.nat({ max: 3 }),
  lastChangedAtMs: time,
  checkoutAtMs: maybeTime,
  checkoutDeletedAtMs: maybeTime,
  orderedAtMs: maybeTime,
});
const idleAfter = fc.integer({ min: 1, max: 300 });

describe('the status of a cart', () => {
  it('is active until nothing changed for the shop’s minutes, and abandoned from that moment on', () => {
    expect(statusOf({ lastChangedAtMs: NOW_MS - 60 * MINUTE_MS + 1 })).toBe('active');
    expect(statusOf({ lastChangedAtMs: NOW_MS - 60 * MINUTE_MS })).toBe('abandoned');
  });

  it('is in checkout while it is active and a checkout stands', () => {
    const checkoutAtMs = NOW_MS - 2 * MINUTE_MS;
    expect(statusOf({ checkoutAtMs })).toBe('checkout');
    expect(statusOf({ checkoutAtMs, checkoutDeletedAtMs: NOW_MS })).toBe('active');
    expect(statusOf({ checkoutAtMs, checkoutDeletedAtMs: checkoutAtMs - MINUTE_MS })).toBe('checkout');
    expect(statusOf({ checkoutAtMs, lastChangedAtMs: NOW_MS - 61 * MINUTE_MS })).toBe('abandoned');
  });

  it('is empty without items, however old', () => {
    expect(statusOf({ itemCount: 0 })).toBe('empty');
    expect(statusOf({ itemCount: 0, lastChangedAtMs: 0 })).toBe('empty');
  });

  it('takes a change ahead of our clock for one of this moment', () => {
    expect(statusOf({ lastChangedAtMs: NOW_MS + 3 * MINUTE_MS })).toBe('active');
  });

  it('is converted exactly when there is an order, whatever else holds', () => {
    fc.assert(
      fc.property(facts, idleAfter, (cart, idleAfterMinutes) => {
        const status = cartStatus(cart, idleAfterMinutes, NOW_MS);
        expect(CART_STATUSES).toContain(status);
        expect(status === 'converted').toBe(cart.orderedAtMs !== null);
      }),
    );
  });

  it('never comes back to life by waiting', () => {
    fc.assert(
      fc.property(facts, idleAfter, fc.nat({ max: 1e9 }), (cart, idleAfterMinutes, waitedMs) => {
        const before = cartStatus(cart, idleAfterMinutes, NOW_MS);
        const after = cartStatus(cart, idleAfterMinutes, NOW_MS + waitedMs);
        if (before !== 'active' && before !== 'checkout') expect(after).toBe(before);
        else expect([before, 'abandoned']).toContain(after);
      }),
    );
  });
});
