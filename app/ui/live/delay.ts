/** A cart is to be seen within a second of the webhook (docs/decisions/0008-live-pages-ask-every-800-ms.md). */
const VISIBLE_MS = 800;
const HIDDEN_MS = 30_000;
const SLOWEST_MS = 30_000;

/**
 * How long a live page waits before it asks again: less than a second while somebody can see it, longer when nobody can, and
 * twice as long after each failure in a row, so that a server in trouble is left alone.
 */
export function pollDelayMs({ isHidden, failures }: { isHidden: boolean; failures: number }): number {
  if (isHidden) return HIDDEN_MS;
  return Math.min(SLOWEST_MS, VISIBLE_MS * 2 ** failures);
}
