import { idleSinceMs, type CartStatus } from '#app/carts/status.ts';
import type { Params } from '#app/data/sql-tx.ts';

/** The saved views of the cart list, in the order of their tabs. */
export const CART_VIEWS = ['all', 'active', 'abandoned', 'converted'] as const;
export type CartView = (typeof CART_VIEWS)[number];

/** Which statuses a view shows. {@link viewConditions} says the same to the database; a test holds them together. */
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

/** The rows of a view at one moment, as conditions on `app.carts c`. A status is a function of times, so they are too. */
export function viewConditions(view: CartView, idleAfterMinutes: number, nowMs: number, params: Params): string[] {
  const idleSince = () => params.add(new Date(idleSinceMs(idleAfterMinutes, nowMs)), 'timestamptz');
  switch (view) {
    case 'all':
      return [];
    case 'active':
      return ['c.ordered_at IS NULL', 'c.item_count > 0', `c.last_changed_at > ${idleSince()}`];
    case 'abandoned':
      return ['c.ordered_at IS NULL', 'c.item_count > 0', `c.last_changed_at <= ${idleSince()}`];
    case 'converted':
      return ['c.ordered_at IS NOT NULL'];
  }
}
