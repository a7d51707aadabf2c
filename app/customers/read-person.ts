import { openForPeople, type GateServices, type OpenValues, type PersonView } from '#app/access/gate.ts';
import { isUuid } from '#app/data/uuid.ts';
import { orderPlace } from '#app/carts/places.ts';
import { cartRow, SELECT_CART_ROWS, type CartRecord, type CartRow } from '#app/carts/row.ts';
import { familyOf } from '#app/customers/family.ts';
import { openNames, shownTo, type ShownNames } from '#app/customers/names.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import type { ShopTx } from '#app/data/with-shop.ts';

/** Carts and orders that the page shows at most; of more it says so. */
const SHOWN_AT_MOST = 50;

/** A customer with what their page shows, ready to travel as JSON. */
export interface PersonPageView {
  readonly id: string;
  readonly code: string;
  /** All the people who are this customer; more than one when Shopify has merged some. */
  readonly familyIds: readonly string[];
  readonly firstSeenAtMs: number;
  readonly carts: readonly CartRow[];
  readonly hasMoreCarts: boolean;
  readonly orders: readonly PersonOrder[];
  readonly hasMoreOrders: boolean;
  readonly person: ShownNames;
  readonly readAtMs: number;
}

export interface PersonOrder {
  readonly id: string;
  readonly cartId: string | null;
  readonly name: string | null;
  readonly orderedAtMs: number;
  readonly isCancelled: boolean;
  readonly valueMinor: number | null;
  readonly currency: string | null;
}

/**
 * Opens a customer's page: carts, orders with their names, and name and e-mail when they are shown to whoever looks. One
 * access record, unless there was nothing to open.
 *
 * @returns null when the shop has no such person, whatever the reason: unknown, malformed, another shop's.
 */
export async function readPerson(
  services: GateServices,
  shopId: string,
  who: Pick<PersonView, 'staffId' | 'requestId'>,
  personId: string,
): Promise<PersonPageView | null> {
  if (!isUuid(personId)) return null;
  const nowMs = services.clock().getTime();
  const view = { ...who, page: 'person', purpose: 'cart-activity' } as const;
  return openForPeople(services, shopId, view, async (tx, open, context) => {
    const person = await tx.person.findUnique({
      where: { shopId_id: { shopId, id: personId } },
      select: { id: true, supportCode: true },
    });
    if (person === null) return null;
    const familyIds = await familyOf(tx, shopId, personId);
    const carts = await sqlTxOfPrisma(tx).query<CartRecord>(
      `${SELECT_CART_ROWS} WHERE c.shop_id = $1::uuid AND c.person_id = ANY ($2::uuid[])
       ORDER BY c.last_changed_at DESC, c.id DESC LIMIT $3::int`,
      [shopId, familyIds, SHOWN_AT_MOST + 1],
    );
    const { _min } = await tx.person.aggregate({
      where: { shopId, id: { in: familyIds } },
      _min: { firstSeenAt: true },
    });
    return {
      id: person.id,
      code: person.supportCode,
      familyIds,
      firstSeenAtMs: (_min.firstSeenAt ?? new Date(nowMs)).getTime(),
      carts: carts.slice(0, SHOWN_AT_MOST).map(cartRow),
      hasMoreCarts: carts.length > SHOWN_AT_MOST,
      ...(await ordersOf(tx, open, shopId, familyIds)),
      person: { ...shownTo(context, {}, nowMs), names: await openNames(tx, open, shopId, familyIds) },
      readAtMs: nowMs,
    };
  });
}

async function ordersOf(tx: ShopTx, open: OpenValues, shopId: string, familyIds: readonly string[]) {
  const orders = await tx.order.findMany({
    where: { shopId, personId: { in: [...familyIds] } },
    orderBy: [{ orderedAt: 'desc' }, { id: 'desc' }],
    take: SHOWN_AT_MOST + 1,
  });
  const shown = orders.slice(0, SHOWN_AT_MOST);
  const values = shown.map(({ id, sealed }) => ({ subjectId: id, sealed, place: orderPlace(shopId, id) }));
  const opened = await open('order', values, ['orderName']);
  return {
    orders: shown.map((order, index): PersonOrder => {
      const name = opened[index]?.['orderName'];
      return {
        id: order.id,
        cartId: order.cartId,
        name: typeof name === 'string' ? name : null,
        orderedAtMs: order.orderedAt.getTime(),
        isCancelled: order.cancelledAt !== null,
        valueMinor: order.valueMinor === null ? null : Number(order.valueMinor),
        currency: order.currency,
      };
    }),
    hasMoreOrders: orders.length > SHOWN_AT_MOST,
  };
}
