import { MAX_DIFFERENCE_MS } from '#app/data/clock-difference.ts';

/**
 * Whether the clock may be believed before anything is removed by it. A clock that jumped ahead would remove what still
 * has its time; one that is behind removes less, which the next run makes good.
 */
export type ClockProblem = 'clock-differs' | 'clock-jumped';

/** Runs come every night: after a week without one, somebody should look before the eighth day's worth goes. */
const MAX_JUMP_MS = 7 * 24 * 3_600_000;

/**
 * @param now this program's clock.
 * @param databaseNow the database's clock.
 * @param knownAt the latest moment that time is known to have reached: the last run that was not stopped, the newest
 *   change of a cart by Shopify's clock, the beginning of the installation.
 */
export function findClockProblem(now: Date, databaseNow: Date, knownAt: Date): ClockProblem | null {
  if (Math.abs(now.getTime() - databaseNow.getTime()) > MAX_DIFFERENCE_MS) return 'clock-differs';
  return now.getTime() - knownAt.getTime() > MAX_JUMP_MS ? 'clock-jumped' : null;
}
