import { openForPeople, type GateServices, type OpenValues, type PersonView } from '#app/access/gate.ts';
import {
  CART_SELECT,
  cartView,
  type CartDetail,
  type CartView,
  currentLines,
  linesOf,
  type OpenedCart,
  STATES_PER_VIEW,
} from '#app/carts/cart-view.ts';
import { catalogueOf } from '#app/carts/catalogue.ts';
import type { ContentOrigin } from '#app/carts/line.ts';
import { checkoutPlace, orderPlace, statePlace } from '#app/carts/places.ts';
import { getRevision } from '#app/carts/revision.ts';
import { openNames, shownTo } from '#app/customers/names.ts';
import { isUuid } from '#app/data/uuid.ts';

/**
 * Opens one cart for a person: its lines, the states it went through, its checkouts and orders, country and province.
 * And the customer's name and e-mail, when they are shown to whoever looks for a purpose. That is one access record.
 *
 * @returns null when the shop has no such cart, whatever the reason: unknown, malformed, another shop's.
 */
export async function readCart(
  services: GateServices,
  shopId: string,
  view: Pick<PersonView, 'staffId' | 'requestId'>,
  cartId: string,
): Promise<CartView | null> {
  if (!isUuid(cartId)) return null;
  const nowMs = services.clock().getTime();
  return openForPeople(
    services,
    shopId,
    { ...view, page: 'cart', purpose: 'cart-activity' },
    async (tx, open, context) => {
      const { revision, heardAtMs } = await getRevision(tx, shopId);
      const cart = await tx.cart.findUnique({ where: { shopId_id: { shopId, id: cartId } }, select: CART_SELECT });
      if (cart === null) return null;
      const opened = await openCart(shopId, cart, open);
      const names = await openNames(tx, open, shopId, cart.personId === null ? [] : [cart.personId]);
      const pictures = await catalogueOf(tx, shopId, currentLines(cart, opened));
      return {
        ...cartView(cart, opened, pictures),
        person: { ...shownTo(context, {}, nowMs), names },
        revision,
        heardAtMs,
        readAtMs: nowMs,
      };
    },
  );
}

const PLACE_FIELDS = ['country', 'countryCode', 'province', 'provinceCode'];

async function openCart(shopId: string, cart: CartDetail, open: OpenValues): Promise<OpenedCart> {
  const shown = cart.states.slice(0, STATES_PER_VIEW).reverse();
  const states = await open(
    'cart',
    shown.map(({ changedAt, digest, sealed }) => ({
      subjectId: cart.id,
      sealed,
      place: statePlace(shopId, cart.id, changedAt, digest),
    })),
    ['lines'],
  );
  // Only what is shown is opened: lines of a checkout or an order matter when the cart itself never told its own.
  const content = (origin: ContentOrigin) => (cart.contentOrigin === origin ? ['lines'] : []);
  const checkouts = await open(
    'checkout',
    cart.checkouts.map(({ id, sealed }) => ({ subjectId: id, sealed, place: checkoutPlace(shopId, id) })),
    [...PLACE_FIELDS, ...content('checkout')],
  );
  const orders = await open(
    'order',
    cart.orders.map(({ id, sealed }) => ({ subjectId: id, sealed, place: orderPlace(shopId, id) })),
    ['orderName', ...PLACE_FIELDS, ...content('order')],
  );
  return {
    states: shown.flatMap(({ changedAt }, index) => {
      const fields = states[index];
      return fields === undefined || fields === null
        ? []
        : [{ changedAtMs: changedAt.getTime(), lines: linesOf(fields) }];
    }),
    isWhole: cart.states.length <= STATES_PER_VIEW,
    checkouts,
    orders,
  };
}
