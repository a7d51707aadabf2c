import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.ts';
import type { Shop } from '../world/shops.ts';
import type { ActivityLog } from './activity.ts';
import type { Storefront } from './storefront.ts';
import { visit } from './visit.ts';

export interface Crowd {
  /** How many people shop at a shop at once. */
  size(shop: Shop): number;
  setSize(shop: Shop, size: number): void;
  /** Everybody goes home; resolves when nobody is left. */
  close(): Promise<void>;
}

export interface CrowdOptions {
  readonly storefront: (shop: Shop) => Storefront;
  readonly random: Random;
  readonly activity: ActivityLog;
  /** A person acts every `min` to `max` milliseconds. */
  readonly paceMs: { readonly min: number; readonly max: number };
}

const MAX_SIZE = 50;

/** Simulated shoppers: each slot is one person after another until it is ended. */
export function createCrowd({ storefront, random, activity, paceMs }: CrowdOptions): Crowd {
  const slots = new Map<string, AbortController[]>();
  const running = new Set<Promise<void>>();

  const occupy = async (shop: Shop, signal: AbortSignal): Promise<void> => {
    const own = random.fork();
    const pause = async (factor = 1): Promise<void> => {
      await sleep(own.int(paceMs.min, paceMs.max) * factor, undefined, { signal });
    };
    while (!signal.aborted) {
      const shopper = storefront(shop).shopper(own.int(1, 0x3fff_ffff));
      await visit(shopper, own, pause, (text) => activity.add(shop.domain, text));
    }
  };

  const setSize = (shop: Shop, size: number): void => {
    const wanted = Math.max(0, Math.min(MAX_SIZE, Math.trunc(size)));
    const here = slots.get(shop.domain) ?? [];
    while (here.length > wanted) here.pop()?.abort();
    while (here.length < wanted) {
      const ending = new AbortController();
      here.push(ending);
      const life = occupy(shop, ending.signal).catch((error: unknown) => {
        if (!ending.signal.aborted) throw error;
      });
      running.add(life);
      void life.finally(() => running.delete(life));
    }
    slots.set(shop.domain, here);
  };

  return {
    size: (shop) => slots.get(shop.domain)?.length ?? 0,
    setSize,
    close: async () => {
      for (const here of slots.values()) for (const ending of here) ending.abort();
      await Promise.allSettled(running);
    },
  };
}
