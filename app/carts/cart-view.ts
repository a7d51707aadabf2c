import type { OpenedFields } from '#app/access/opener.ts';
import type { CataloguePicture } from '#app/carts/catalogue.ts';
import { type ContentOrigin, type Line, parseLines } from '#app/carts/line.ts';
import { cartRow, type CartRow } from '#app/carts/row.ts';
import { timelineOf, type TimelineEntry, type TimelineMark } from '#app/carts/timeline.ts';
import type { ShownNames } from '#app/customers/names.ts';
import type { Prisma } from '#app/data/prisma/client.ts';

/** A cart with everything its page shows, ready to travel as JSON. Times are milliseconds since 1970. */
export interface CartView {
  readonly row: CartRow;
  readonly lines: readonly CartLine[];
  /** Where the lines are known from; null when nothing is known of the contents. */
  readonly contentOrigin: ContentOrigin | null;
  readonly timeline: readonly TimelineEntry[];
  /** False when the cart has more states than the page shows. */
  readonly isTimelineWhole: boolean;
  /** How we know whose cart it is. */
  readonly personEvidence: 'customer-id' | 'email' | null;
  readonly checkouts: readonly CheckoutView[];
  readonly orders: readonly OrderView[];
  readonly place: PlaceView | null;
  /** Whose it is, when names are shown to whoever looks. */
  readonly person: ShownNames;
  readonly revision: string;
  readonly heardAtMs: number | null;
  readonly readAtMs: number;
}

export interface CartLine extends Line {
  readonly picture: CataloguePicture | null;
}
export interface CheckoutView {
  readonly startedAtMs: number;
  readonly completedAtMs: number | null;
  readonly valueMinor: number | null;
  readonly currency: string | null;
}
export interface OrderView {
  readonly name: string | null;
  readonly orderedAtMs: number;
  readonly cancelledAtMs: number | null;
  readonly valueMinor: number | null;
  readonly currency: string | null;
  readonly evidence: 'cart-token' | 'checkout-token' | null;
}
export interface PlaceView {
  readonly country: string;
  readonly province: string | null;
}

/** States that one view opens at most; a cart with more says so. */
export const STATES_PER_VIEW = 60;

/** What is read of a cart for its page. */
export const CART_SELECT = {
  id: true,
  startedAt: true,
  lastChangedAt: true,
  itemCount: true,
  valueMinor: true,
  currency: true,
  checkoutAt: true,
  checkoutDeletedAt: true,
  orderedAt: true,
  personId: true,
  person: { select: { supportCode: true } },
  contentOrigin: true,
  personEvidence: true,
  states: {
    select: { changedAt: true, triggeredAt: true, digest: true, sealed: true },
    orderBy: [{ changedAt: 'desc' }, { triggeredAt: 'desc' }, { digest: 'desc' }],
    take: STATES_PER_VIEW + 1,
  },
  checkouts: { orderBy: [{ changedAt: 'desc' }, { id: 'desc' }] },
  orders: { orderBy: [{ orderedAt: 'desc' }, { id: 'desc' }] },
} as const satisfies Prisma.CartSelect;

export type CartDetail = Prisma.CartGetPayload<{ select: typeof CART_SELECT }>;

/** What was opened of it. */
export interface OpenedCart {
  /** Oldest first. */
  readonly states: readonly { readonly changedAtMs: number; readonly lines: readonly Line[] }[];
  readonly isWhole: boolean;
  readonly checkouts: readonly (OpenedFields | null)[];
  readonly orders: readonly (OpenedFields | null)[];
}

/** What the page shows of a cart that was opened, but for whose it is. Pure. */
export function cartView(
  cart: CartDetail,
  opened: OpenedCart,
  pictures: ReadonlyMap<string, CataloguePicture>,
): Omit<CartView, 'person' | 'revision' | 'heardAtMs' | 'readAtMs'> {
  const lines = currentLines(cart, opened);
  const row = cartRow({
    ...cart,
    personCode: cart.person?.supportCode ?? null,
    isCancelled: cart.orders.some((order) => order.cancelledAt !== null),
  });
  return {
    row,
    lines: lines.map((line) => ({ ...line, picture: pictures.get(line.variantId ?? '') ?? null })),
    contentOrigin: contentOriginOf(cart.contentOrigin),
    timeline: timelineOf(opened.states, marksOf(cart, opened), opened.isWhole),
    isTimelineWhole: opened.isWhole,
    personEvidence: personEvidenceOf(cart.personEvidence),
    checkouts: cart.checkouts.map(({ startedAt, completedAt, valueMinor, currency }) => ({
      startedAtMs: startedAt.getTime(),
      completedAtMs: completedAt?.getTime() ?? null,
      valueMinor: minor(valueMinor),
      currency,
    })),
    orders: cart.orders.map((order, index) => ({
      name: text(opened.orders[index]?.['orderName']),
      orderedAtMs: order.orderedAt.getTime(),
      cancelledAtMs: order.cancelledAt?.getTime() ?? null,
      valueMinor: minor(order.valueMinor),
      currency: order.currency,
      evidence: orderEvidenceOf(order.cartEvidence),
    })),
    place: placeOf([...opened.orders, ...opened.checkouts]),
  };
}

/** The contents now: the newest state; of a cart that never sent one, what its order or checkout held. */
export function currentLines(cart: CartDetail, opened: OpenedCart): readonly Line[] {
  if (cart.contentOrigin === 'order') return newestLines(cart.orders, opened.orders);
  if (cart.contentOrigin === 'checkout') return newestLines(cart.checkouts, opened.checkouts);
  return opened.states.at(-1)?.lines ?? [];
}

function newestLines(
  purchases: readonly { readonly changedAt: Date }[],
  opened: readonly (OpenedFields | null)[],
): readonly Line[] {
  const found = purchases
    .map(({ changedAt }, index) => ({ changedAt, fields: opened[index] ?? null }))
    .filter(({ fields }) => fields?.['lines'] !== undefined)
    .sort((a, b) => b.changedAt.getTime() - a.changedAt.getTime());
  return found[0]?.fields ? linesOf(found[0].fields) : [];
}

function marksOf(cart: CartDetail, opened: OpenedCart): TimelineMark[] {
  return [
    ...cart.checkouts.map(({ startedAt }) => ({ kind: 'checkout-started', atMs: startedAt.getTime() }) as const),
    ...(cart.checkoutDeletedAt === null
      ? []
      : [{ kind: 'checkout-deleted', atMs: cart.checkoutDeletedAt.getTime() } as const]),
    ...cart.orders.flatMap(({ orderedAt, cancelledAt }, index): TimelineMark[] => {
      const orderName = text(opened.orders[index]?.['orderName']);
      const placed: TimelineMark = { kind: 'order-placed', atMs: orderedAt.getTime(), orderName };
      return cancelledAt === null
        ? [placed]
        : [placed, { kind: 'order-cancelled', atMs: cancelledAt.getTime(), orderName }];
    }),
  ];
}

function placeOf(documents: readonly (OpenedFields | null)[]): PlaceView | null {
  for (const fields of documents) {
    const country = text(fields?.['country']) ?? text(fields?.['countryCode']);
    if (country !== null) return { country, province: text(fields?.['province']) ?? text(fields?.['provinceCode']) };
  }
  return null;
}

export function linesOf(fields: OpenedFields): Line[] {
  return fields['lines'] === undefined ? [] : parseLines(fields['lines']);
}

function contentOriginOf(value: string | null): ContentOrigin | null {
  return value === 'cart' || value === 'checkout' || value === 'order' ? value : null;
}

function personEvidenceOf(value: string | null): CartView['personEvidence'] {
  return value === 'customer-id' || value === 'email' ? value : null;
}

function orderEvidenceOf(value: string | null): OrderView['evidence'] {
  return value === 'cart-token' || value === 'checkout-token' ? value : null;
}

function minor(value: bigint | null): number | null {
  return value === null ? null : Number(value);
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
