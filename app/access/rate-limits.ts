import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** How much one asker may ask in a minute, before the others' share is at stake. A live page asks 75 times. */
export const PER_MINUTE = {
  /** One staff member of one shop, over all their pages and tabs. */
  staff: 900,
  /** One network address, for pages that need no session. */
  visitor: 20,
} as const;

/** How many requests by law the public page takes in a day (from the first of them on) for one shop that somebody names. */
export const A_DAY = {
  /** From everybody together: more than that would bury the merchant's own. */
  namedShop: 20,
  /** From one network address: one of each kind. Nobody alone uses up what the shop takes. */
  namedShopFromOneAddress: 4,
} as const;
const DAY_SECONDS = 86_400;

/**
 * Counts of this program's last minute, or day, in memory: nobody's address or name is stored. Each program counts for itself, so that
 * several together let more through; what they protect is themselves.
 */
export interface RateLimits {
  /** @throws Response 429 when this staff member asks too much. */
  staff(shopDomain: string, staffId: string): Promise<void>;
  /** @throws Response 429 when too much is asked from this network address. */
  visitor(address: string): Promise<void>;
  /**
   * Whether one more request may be passed on to the shop with this address. Counted by what is typed, whether there is such a
   * shop or not, so that the answer says nothing about that.
   */
  namedShop(shopDomain: string, address: string): Promise<boolean>;
}

export function createRateLimits(
  perMinute: Readonly<Record<keyof typeof PER_MINUTE, number>> = PER_MINUTE,
): RateLimits {
  const staff = new RateLimiterMemory({ points: perMinute.staff, duration: 60 });
  const visitors = new RateLimiterMemory({ points: perMinute.visitor, duration: 60 });
  const namedShops = new RateLimiterMemory({ points: A_DAY.namedShop, duration: DAY_SECONDS });
  const senders = new RateLimiterMemory({ points: A_DAY.namedShopFromOneAddress, duration: DAY_SECONDS });
  return {
    staff: (shopDomain, staffId) => take(staff, `${shopDomain} ${staffId}`),
    visitor: (address) => take(visitors, address),
    namedShop: async (shopDomain, address) =>
      (await refusalOf(senders, `${shopDomain} ${address}`)) === null &&
      (await refusalOf(namedShops, shopDomain)) === null,
  };
}

async function take(limiter: RateLimiterMemory, key: string): Promise<void> {
  const refusal = await refusalOf(limiter, key);
  if (refusal === null) return;
  const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
  throw new Response(null, { status: 429, headers: { 'retry-after': String(seconds) } });
}

async function refusalOf(limiter: RateLimiterMemory, key: string): Promise<RateLimiterRes | null> {
  try {
    await limiter.consume(key);
    return null;
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    return refusal;
  }
}
