import { idleSinceMs, type CartStatus } from '#app/carts/status.ts';
import type { Prisma } from '#app/data/prisma/client.ts';

/** The saved views of the cart list, in the order of their tabs. */
export const CART_VIEWS = ['all', 'active', 'abandoned', 'converted'] as const;
export type CartView = (typeof CART_VIEWS)[number];

/** Which statuses a view shows. {@link viewFilter} says the same to the database; a test holds them together. */
export const VIEW_STATUSES: Readonly<Record<CartView, readonly CartStatus[]>> = {
  all: ['active', 'checkout', 'abandoned', 'converted', 'empty'],
  active: ['active', 'checkout'],
  abandoned: ['abandoned'],
  converted: ['converted'],
};

/** The view a URL names; anything else is the view of all carts. */
export function cartViewOf(text: string | null): CartView {
  return CART_VIEWS.find((view) => view === text) ?? 'all';
}

/** The rows of a view at one moment. A status is a function of times, so the filter is too. */
export function viewFilter(view: CartView, idleAfterMinutes: number, nowMs: number): Prisma.CartWhereInput {
  const idleSince = new Date(idleSinceMs(idleAfterMinutes, nowMs));
  switch (view) {
    case 'all':
      return {};
    case 'active':
      return { orderedAt: null, itemCount: { gt: 0 }, lastChangedAt: { gt: idleSince } };
    case 'abandoned':
      return { orderedAt: null, itemCount: { gt: 0 }, lastChangedAt: { lte: idleSince } };
    case 'converted':
      return { orderedAt: { not: null } };
  }
}
