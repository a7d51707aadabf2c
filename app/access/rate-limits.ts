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
  /**
   * Does what goes through everything a shop has: of each kind and shop one at a time, {@link IN_LINE} more in line.
   *
   * @throws Response 429 when the line is full.
   */
  inTurn<T>(work: HeavyWork, shopId: string, run: () => Promise<T>): Promise<T>;
}

/** What reads a whole shop because somebody pressed a button. */
export type HeavyWork = 'retention-preview' | 'log-verification';
export const IN_LINE = 2;
const TRY_AGAIN_SECONDS = 5;

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
    inTurn: createLines(),
  };
}

/** Who works, and who stands in line behind them, by kind and shop. */
function createLines(): RateLimits['inTurn'] {
  const lines = new Map<string, { length: number; end: Promise<unknown> }>();
  return async (work, shopId, run) => {
    const name = `${work} ${shopId}`;
    const line = lines.get(name) ?? { length: 0, end: Promise.resolve() };
    if (line.length > IN_LINE) throw tooMany(TRY_AGAIN_SECONDS);
    line.length += 1;
    lines.set(name, line);
    const turn = line.end.then(run);
    // Who fails keeps nobody behind them waiting.
    line.end = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      line.length -= 1;
      if (line.length === 0) lines.delete(name);
    }
  };
}

function tooMany(seconds: number): Response {
  return new Response(null, { status: 429, headers: { 'retry-after': String(seconds) } });
}

async function take(limiter: RateLimiterMemory, key: string): Promise<void> {
  const refusal = await refusalOf(limiter, key);
  if (refusal === null) return;
  throw tooMany(Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)));
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
