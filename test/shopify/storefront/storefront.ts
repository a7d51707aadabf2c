import { randomUUID } from 'node:crypto';
import type { Quirks } from '../payloads/index.ts';
import { createRandom } from '../random.ts';
import type { Delivery, DeliveryOptions, ShopEvent, Webhooks } from '../webhooks.ts';
import type { Customer } from '../world/customers.ts';
import type { Shop } from '../world/shops.ts';
import { Shopper } from './shopper.ts';

export interface StorefrontOptions {
  /** False: nothing is sent; the events wait in `events` for the test to deliver them in any order. */
  readonly send?: boolean;
  /** How each event is delivered. */
  readonly delivery?: DeliveryOptions;
  readonly quirks?: Quirks;
  /** A story's own clock: starts here and moves `stepMs` with every event. Default: the stand-in's clock. */
  readonly startAt?: Date;
  /** Default 30 seconds. */
  readonly stepMs?: number;
}

export interface Storefront {
  readonly shop: Shop;
  /** Everything that happened here, oldest first. */
  readonly events: readonly ShopEvent[];
  /** What became of the events that were sent. */
  readonly deliveries: readonly Delivery[];
  /** Somebody who acts as they are told; the same seed chooses the same products, tokens and person. */
  readonly shopper: (seed: number, customer?: Customer) => Shopper;
}

const DEFAULT_STEP_MS = 30_000;

/** A shop's storefront. What shoppers do there becomes webhooks. */
export function createStorefront(
  shop: Shop,
  webhooks: Webhooks,
  now: () => Date,
  options: StorefrontOptions = {},
): Storefront {
  const events: ShopEvent[] = [];
  const deliveries: Delivery[] = [];
  const { send = true, quirks = {}, stepMs = DEFAULT_STEP_MS } = options;
  let storyTime = options.startAt?.getTime();
  const clock = (): Date => {
    if (storyTime === undefined) return now();
    storyTime += stepMs;
    return new Date(storyTime);
  };
  return {
    shop,
    events,
    deliveries,
    shopper: (seed, customer) =>
      new Shopper({
        shop,
        quirks,
        now: clock,
        random: createRandom(seed * 31 + shop.number),
        ...(customer ? { customer } : {}),
        happened: async (topic, payload, triggeredAt) => {
          const event: ShopEvent = { shop, topic, payload, triggeredAt, eventId: randomUUID() };
          events.push(event);
          if (send) deliveries.push(...(await webhooks.deliver(event, options.delivery)));
        },
      }),
  };
}
