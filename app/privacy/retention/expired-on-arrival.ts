import type { Admit } from '#app/ingest/apply/admission.ts';
import type { ApplyContext } from '#app/ingest/apply/context.ts';
import type { ShopifyEvent } from '#app/ingest/apply/event.ts';
import type { AppLog } from '#app/log.ts';
import { RETENTION_RULES, type RetentionRuleName } from '#app/privacy/retention.ts';
import { listSettings, termsInForce } from '#app/privacy/retention/settings.ts';
import { isExpired } from '#app/privacy/retention/terms.ts';
import { eventTime } from '#app/shopify/stamp.ts';
import { lookupToken, type LookupLabel } from '#app/vault/lookup.ts';

/** The cart, checkout or order that an event tells of, as far as its age is concerned. */
export interface Arrival {
  readonly kind: 'cart' | 'checkout' | 'order';
  readonly token: string;
  readonly rule: RetentionRuleName;
  readonly changedAt: Date;
  /** The cart that a checkout or an order says it came from. */
  readonly cartToken: string | null;
}

const LABELS = { cart: 'cart-token', checkout: 'checkout-token', order: 'order-id' } as const satisfies Record<
  Arrival['kind'],
  LookupLabel
>;
const REFS = { cart: 'carts.token_ref', checkout: 'checkouts.token_ref', order: 'orders.order_ref' } as const;

/** No term is shorter, so nothing younger can have had its time. */
const YOUNG_MS = RETENTION_RULES.emptyCarts.min * 24 * 3_600_000;

/** What an event tells of; null for what has no age of its own. Pure. */
function arrivalOf(event: ShopifyEvent): Arrival | null {
  switch (event.topic) {
    case 'carts/create':
    case 'carts/update': {
      const { token, updated_at: updatedAt, line_items: lines } = event.body;
      const rule = lines?.length === 0 ? 'emptyCarts' : 'abandonedCarts';
      return { kind: 'cart', token, rule, changedAt: eventTime(updatedAt, event).changedAt, cartToken: null };
    }
    case 'checkouts/create':
    case 'checkouts/update': {
      const { token, updated_at: updatedAt, cart_token: cartToken = null } = event.body;
      const { changedAt } = eventTime(updatedAt, event);
      return { kind: 'checkout', token, rule: 'checkouts', changedAt, cartToken };
    }
    case 'orders/create':
    case 'orders/updated':
    case 'orders/cancelled': {
      const { id, updated_at: updatedAt, cart_token: cartToken = null } = event.body;
      const { changedAt } = eventTime(updatedAt, event);
      return { kind: 'order', token: id, rule: 'orders', changedAt, cartToken };
    }
    default:
      return null;
  }
}

/**
 * Refuses what retention would have removed already: a cart, checkout or order that we do not have and whose time was up
 * when the event came. Of something that is kept, an old word is still a word about it, so it passes; so does the cart of a
 * younger checkout or order that comes with it.
 *
 * Everyday traffic is young and costs nothing; only for an old event the shop's terms and the table are asked.
 */
export function expiredOnArrival({ now, log }: { readonly now: () => Date; readonly log: AppLog }): Admit {
  return async (context, events) => {
    const moment = now();
    const arrivals = events.map(arrivalOf);
    const isOld = (arrival: Arrival | null) =>
      arrival !== null && arrival.changedAt.getTime() <= moment.getTime() - YOUNG_MS;
    if (!arrivals.some(isOld)) return events;

    const { tx, shopId } = context;
    const terms = termsInForce(await listSettings(tx, shopId), moment);
    const isPast = ({ rule, changedAt }: Arrival) => isExpired(terms, rule, changedAt, moment);
    const present = arrivals.filter((arrival) => arrival !== null);
    const needed = new Set(present.flatMap((one) => (isPast(one) ? [] : [one.cartToken])));
    const past = present.filter(isPast).filter(({ kind, token }) => kind !== 'cart' || !needed.has(token));
    const kept = await findKept(context, past);
    const refused = new Set(past.filter((arrival) => !kept.has(keyOf(context, arrival))));
    if (refused.size > 0) {
      log.info('retention.expired-on-arrival', { shopId, count: refused.size });
      await countRefused(context, refused.size, moment);
    }
    return events.filter((_, index) => {
      const arrival = arrivals[index];
      return arrival === null || arrival === undefined || !refused.has(arrival);
    });
  };
}

/** How many, never which: the retention page shows it. */
async function countRefused({ tx, shopId }: ApplyContext, count: number, at: Date): Promise<void> {
  await tx.query(
    `INSERT INTO app.shop_activity AS stored (shop_id, expired_count, expired_at) VALUES ($1::uuid, $2::bigint, $3::timestamptz)
     ON CONFLICT (shop_id) DO UPDATE SET expired_count = stored.expired_count + excluded.expired_count, expired_at = excluded.expired_at`,
    [shopId, count, at],
  );
}

function keyOf({ keys }: ApplyContext, { kind, token }: Arrival): string {
  return lookupToken(keys.lookupKey, LABELS[kind], token).toString('hex');
}

/** Which of them are in the tables, by reference in hexadecimal. */
async function findKept(context: ApplyContext, arrivals: readonly Arrival[]): Promise<Set<string>> {
  const kept = new Set<string>();
  for (const kind of ['cart', 'checkout', 'order'] as const) {
    const refs = arrivals.filter((arrival) => arrival.kind === kind).map((arrival) => keyOf(context, arrival));
    if (refs.length === 0) continue;
    const [table = '', column = ''] = REFS[kind].split('.');
    const rows = await context.tx.query<{ ref: string }>(
      `SELECT encode(${column}, 'hex') AS ref FROM app.${table}
       WHERE shop_id = $1::uuid AND ${column} IN (SELECT decode(ref, 'hex') FROM unnest($2::text[]) AS given (ref))`,
      [context.shopId, refs],
    );
    for (const { ref } of rows) kept.add(ref);
  }
  return kept;
}
