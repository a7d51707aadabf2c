import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** How much one asker may ask in a minute, before the others' share is at stake. A live page asks 75 times. */
export const PER_MINUTE = {
  /** One staff member of one shop, over all their pages and tabs. */
  staff: 900,
  /** One network address, for pages that need no session. */
  visitor: 20,
} as const;

/**
 * Counts of this program's last minute, in memory: nobody's address or name is stored. Each program counts for itself, so that
 * several together let more through; what they protect is themselves.
 */
export interface RateLimits {
  /** @throws Response 429 when this staff member asks too much. */
  staff(shopDomain: string, staffId: string): Promise<void>;
  /** @throws Response 429 when too much is asked from this network address. */
  visitor(address: string): Promise<void>;
}

export function createRateLimits(
  perMinute: Readonly<Record<keyof typeof PER_MINUTE, number>> = PER_MINUTE,
): RateLimits {
  const staff = new RateLimiterMemory({ points: perMinute.staff, duration: 60 });
  const visitors = new RateLimiterMemory({ points: perMinute.visitor, duration: 60 });
  return {
    staff: (shopDomain, staffId) => take(staff, `${shopDomain} ${staffId}`),
    visitor: (address) => take(visitors, address),
  };
}

async function take(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
    throw new Response(null, { status: 429, headers: { 'retry-after': String(seconds) } });
  }
}
