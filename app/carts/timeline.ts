import type { Line } from '#app/carts/line.ts';

/** A state the cart was in, as far as the timeline needs it. */
export interface TimelineState {
  readonly changedAtMs: number;
  readonly lines: readonly Line[];
}

/** Something that happened to a cart besides changes of its contents. */
export interface TimelineMark {
  readonly kind: 'checkout-started' | 'checkout-deleted' | 'order-placed' | 'order-cancelled';
  readonly atMs: number;
  /** The order's name, such as "#1001". */
  readonly orderName?: string | null | undefined;
}

/** One difference between two states that follow each other. */
export type LineChange =
  | { readonly kind: 'added'; readonly item: ItemName; readonly quantity: number }
  | { readonly kind: 'removed'; readonly item: ItemName; readonly quantity: number }
  | { readonly kind: 'quantity'; readonly item: ItemName; readonly from: number; readonly to: number }
  | { readonly kind: 'price'; readonly item: ItemName; readonly fromMinor: number; readonly toMinor: number };

export interface ItemName {
  readonly title: string;
  readonly variantTitle: string | null;
}

export type TimelineEntry =
  | { readonly kind: 'started' | 'changed'; readonly atMs: number; readonly changes: readonly LineChange[] }
  | TimelineMark;

/**
 * What happened to a cart, newest first.
 *
 * @param states in the order they were reached, oldest first.
 * @param isWhole whether the first state is the cart's beginning. When older states are left out, the first one given
 *   is only what the next is compared with.
 */
export function timelineOf(
  states: readonly TimelineState[],
  marks: readonly TimelineMark[],
  isWhole: boolean,
): TimelineEntry[] {
  const entries: TimelineEntry[] = [...marks];
  states.forEach((state, index) => {
    const before = states[index - 1];
    if (before === undefined && !isWhole) return;
    const changes = lineChanges(before?.lines ?? [], state.lines);
    // A state may differ in something that is not shown (an attribute Shopify counts as a change): nothing to tell.
    if (before !== undefined && changes.length === 0) return;
    entries.push({ kind: before === undefined ? 'started' : 'changed', atMs: state.changedAtMs, changes });
  });
  return entries.sort((a, b) => b.atMs - a.atMs || precedence(b) - precedence(a));
}

/** What has to be said to get from one state to the next; lines of the same variant count together. */
export function lineChanges(before: readonly Line[], after: readonly Line[]): LineChange[] {
  const old = itemsOf(before);
  const now = itemsOf(after);
  const changes: LineChange[] = [];
  for (const [key, item] of now) {
    const previous = old.get(key);
    if (previous === undefined) changes.push({ kind: 'added', item: item.name, quantity: item.quantity });
    else changes.push(...itemChanges(previous, item));
  }
  for (const [key, item] of old) {
    if (!now.has(key)) changes.push({ kind: 'removed', item: item.name, quantity: item.quantity });
  }
  return changes;
}

interface Item {
  readonly name: ItemName;
  readonly quantity: number;
  readonly unitMinor: number | null;
}

function itemChanges(previous: Item, item: Item): LineChange[] {
  const changes: LineChange[] = [];
  if (previous.quantity !== item.quantity) {
    changes.push({ kind: 'quantity', item: item.name, from: previous.quantity, to: item.quantity });
  }
  if (previous.unitMinor !== null && item.unitMinor !== null && previous.unitMinor !== item.unitMinor) {
    changes.push({ kind: 'price', item: item.name, fromMinor: previous.unitMinor, toMinor: item.unitMinor });
  }
  return changes;
}

function itemsOf(lines: readonly Line[]): Map<string, Item> {
  const items = new Map<string, Item>();
  for (const line of lines) {
    if (line.quantity === 0) continue;
    const key = line.variantId ?? JSON.stringify([line.productId, line.title, line.variantTitle]);
    const known = items.get(key);
    items.set(key, {
      name: { title: line.title, variantTitle: line.variantTitle },
      quantity: line.quantity + (known?.quantity ?? 0),
      unitMinor: line.unitMinor,
    });
  }
  return items;
}

const ORDER_WITHIN_ONE_INSTANT = [
  'started',
  'changed',
  'checkout-started',
  'checkout-deleted',
  'order-placed',
  'order-cancelled',
];

function precedence(entry: TimelineEntry): number {
  return ORDER_WITHIN_ONE_INSTANT.indexOf(entry.kind);
}
