import { deriveCart } from '#app/carts/apply/derive.ts';
import { type CartEffect, cartEffect, type CartStateSeen, type CartTopic } from '#app/carts/apply/effects.ts';
import { addSiblings, linkPurchases, touchedCarts } from '#app/carts/apply/link.ts';
import { loadCheckouts, loadNewestStates, loadOrders } from '#app/carts/apply/load.ts';
import { cartRefOf, checkoutRefOf, orderRefOf, takeCheckout, takeOrder } from '#app/carts/apply/purchases.ts';
import type { CartRow, CheckoutRow, OrderRow, StateRow } from '#app/carts/apply/rows.ts';
import { saveCarts, saveCheckouts, saveOrders, saveStates } from '#app/carts/apply/save.ts';
import type { Line } from '#app/carts/line.ts';
import type { PeopleByClaim } from '#app/customers/identify.ts';
import type { ApplyContext } from '#app/ingest/apply/context.ts';
import type { ShopifyEvent } from '#app/ingest/apply/event.ts';
import type { PersonClaim } from '#app/shopify/person-claim.ts';

/** Finds or makes the people a batch names; the customers' part, handed in by the worker. */
export type Identify = (
  context: ApplyContext,
  claims: readonly PersonClaim[],
  updates: readonly ShopifyEvent<'customers/update'>[],
) => Promise<PeopleByClaim>;

/** What a batch did, for counters and for the catalogue. No personal data. */
export interface CartBatchOutcome {
  readonly carts: number;
  readonly states: number;
  /** Variants that occur in the batch. */
  readonly variantIds: readonly string[];
}

/**
 * Applies a batch of one shop's cart, checkout, order and profile events in the caller's transaction.
 *
 * Every distinct cart state is kept, every cart row is written once, and the result does not depend on the order or the
 * repetition of the events, within a batch or across batches (law 5).
 */
export async function applyCartEvents(
  context: ApplyContext,
  events: readonly ShopifyEvent<CartTopic>[],
  profileUpdates: readonly ShopifyEvent<'customers/update'>[],
  identify: Identify,
): Promise<CartBatchOutcome> {
  const effects = events.map((event) => cartEffect(event, context.shopCurrency)).filter((effect) => effect !== null);
  const people = await identify(context, claimsOf(effects), profileUpdates);
  if (effects.length === 0) return { carts: 0, states: 0, variantIds: [] };

  const { checkouts, orders } = await takePurchases(context, effects, people);
  const { carts, keys } = await touchedCarts(context, effects, checkouts, orders);
  await addSiblings(context, carts, checkouts, orders);
  linkPurchases(carts, checkouts, orders);

  const states = newStates(context, effects, carts);
  const stored = await loadNewestStates(
    context,
    [...carts.values()].filter((cart) => !cart.isNew).map((cart) => cart.id),
  );
  const deletions = timesByCart(context, effects, carts, (effect) =>
    effect.kind === 'checkout-deleted' ? [effect.at] : [],
  );
  const mentions = timesByCart(context, effects, carts, (effect) => {
    if (effect.kind === 'checkout') return [effect.startedAt, effect.changedAt];
    return effect.kind === 'order' ? [effect.orderedAt] : [];
  });
  const checkoutsOf = groupBy([...checkouts.values()], (row) => row.cartId);
  const ordersOf = groupBy([...orders.values()], (row) => row.cartId);
  const statesOf = groupBy(states, (state) => state.cartId);
  const storedOf = groupBy(stored, (state) => state.cartId);
  for (const cart of carts.values()) {
    const added = statesOf.get(cart.id) ?? [];
    deriveCart(cart, {
      newestStates: newestOf([...(storedOf.get(cart.id) ?? []), ...added]),
      newStates: added,
      checkouts: checkoutsOf.get(cart.id) ?? [],
      orders: ordersOf.get(cart.id) ?? [],
      deletions: deletions.get(cart.id) ?? [],
      mentions: mentions.get(cart.id) ?? [],
    });
  }

  const newCartIds = new Set([...carts.values()].filter((cart) => cart.isNew).map((cart) => cart.id));
  await saveCarts(context, [...carts.values()]);
  await saveStates(context, distinctStates(states), keys, newCartIds);
  await saveCheckouts(context, [...checkouts.values()]);
  await saveOrders(context, [...orders.values()]);
  return { carts: carts.size, states: states.length, variantIds: variantIdsOf(effects) };
}

function claimsOf(effects: readonly CartEffect[]): PersonClaim[] {
  return effects.flatMap((effect) =>
    (effect.kind === 'checkout' || effect.kind === 'order') && effect.claim !== null ? [effect.claim] : [],
  );
}

/** The batch's checkouts and orders, brought up to date; and those that wait for a checkout of the batch. */
async function takePurchases(context: ApplyContext, effects: readonly CartEffect[], people: PeopleByClaim) {
  const checkoutRefs = effects.flatMap((effect) => {
    const token = effect.kind === 'checkout' ? effect.token : effect.kind === 'order' ? effect.checkoutToken : null;
    return typeof token === 'string' ? [checkoutRefOf(context, token)] : [];
  });
  const orderRefs = effects.flatMap((effect) => (effect.kind === 'order' ? [orderRefOf(context, effect.orderId)] : []));
  if (checkoutRefs.length === 0 && orderRefs.length === 0) {
    return { checkouts: new Map<string, CheckoutRow>(), orders: new Map<string, OrderRow>() };
  }
  const checkouts = await loadCheckouts(context, { refs: checkoutRefs });
  const orders = await loadOrders(context, { refs: orderRefs, checkoutRefs });
  for (const effect of effects) {
    if (effect.kind === 'checkout') takeCheckout(context, checkouts, effect, people);
    else if (effect.kind === 'order') takeOrder(context, orders, effect, people);
  }
  return { checkouts: checkouts.rows, orders: orders.rows };
}

type NewState = StateRow & { readonly lines: readonly Line[]; readonly createdAt: Date };

function newStates(
  context: ApplyContext,
  effects: readonly CartEffect[],
  carts: ReadonlyMap<string, CartRow>,
): NewState[] {
  return effects
    .filter((effect): effect is CartStateSeen => effect.kind === 'cart-state')
    .flatMap((effect) => {
      const cart = carts.get(cartRefOf(context, effect.cartToken).toString('hex'));
      if (cart === undefined) return [];
      const { time, digest, receivedAt, createdAt, lines, summary } = effect;
      return [{ cartId: cart.id, ...time, digest, receivedAt, createdAt, lines, ...summary }];
    });
}

/** One row for each state: the same content at the same time, said twice in one batch, is one. */
function distinctStates(states: readonly NewState[]): NewState[] {
  const byKey = new Map<string, NewState>();
  for (const state of states) {
    const key = `${state.cartId}:${String(state.changedAt.getTime())}:${state.digest.toString('hex')}`;
    const seen = byKey.get(key);
    if (seen === undefined || seen.triggeredAt < state.triggeredAt) byKey.set(key, state);
  }
  return [...byKey.values()];
}

/** The states of the newest change time; when a state occurs twice, the later trigger time counts, as in the table. */
function newestOf(states: readonly StateRow[]): StateRow[] {
  const newest = Math.max(...states.map((state) => state.changedAt.getTime()));
  return states.filter((state) => state.changedAt.getTime() === newest);
}

/** Times that events tell of the cart they name. */
function timesByCart(
  context: ApplyContext,
  effects: readonly CartEffect[],
  carts: ReadonlyMap<string, CartRow>,
  timesOf: (effect: CartEffect) => readonly Date[],
): Map<string, Date[]> {
  const times = new Map<string, Date[]>();
  for (const effect of effects) {
    const told = timesOf(effect);
    if (told.length === 0 || typeof effect.cartToken !== 'string') continue;
    const id = carts.get(cartRefOf(context, effect.cartToken).toString('hex'))?.id;
    if (id !== undefined) times.set(id, [...(times.get(id) ?? []), ...told]);
  }
  return times;
}

function variantIdsOf(effects: readonly CartEffect[]): string[] {
  const ids = new Set<string>();
  for (const effect of effects) {
    const lines = effect.kind === 'cart-state' ? effect.lines : effect.kind === 'checkout-deleted' ? [] : effect.lines;
    for (const line of lines) if (line.variantId !== null) ids.add(line.variantId);
  }
  return [...ids];
}

function groupBy<T>(rows: readonly T[], keyOf: (row: T) => string | null): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const key = keyOf(row);
    if (key === null) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}
