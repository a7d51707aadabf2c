import type { Random } from '../random.ts';
import type { Webhooks } from '../webhooks.ts';

/** How webhooks misbehave on their way; all probabilities. */
export interface Weather {
  /** Delivered twice. */
  readonly duplicates?: number;
  /** Held back for up to `maxDelayMs`, so that later events overtake it. */
  readonly late?: number;
  readonly maxDelayMs?: number;
}

const DEFAULT_MAX_DELAY_MS = 4_000;

/** The same webhooks, but nobody waits for an answer, and now and then one comes twice or late. */
export function inWeather(webhooks: Webhooks, weather: Weather, random: Random): Webhooks {
  return {
    ...webhooks,
    deliver: async (event, options = {}) => {
      const isLate = random.chance(weather.late ?? 0);
      void webhooks.deliver(event, {
        ...options,
        copies: random.chance(weather.duplicates ?? 0) ? 2 : 1,
        delayMs: isLate ? random.int(0, weather.maxDelayMs ?? DEFAULT_MAX_DELAY_MS) : 0,
      });
      return [];
    },
  };
}
