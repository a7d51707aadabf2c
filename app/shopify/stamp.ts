/**
 * When something was said, in an order that is the same for everybody who hears it.
 *
 * Shopify promises neither order nor single delivery, so every stored field remembers the stamp of the event that set
 * it, and the greater stamp wins. Order: the body's own `updated_at`, else the trigger time; then the trigger time; then
 * the digest of the content, so that even two events of one millisecond have a fixed order.
 */
export interface EventTime {
  readonly changedAt: Date;
  readonly triggeredAt: Date;
}

/** Milliseconds in base 36, nine digits: sorts as text up to the year 5188. */
const TIME_DIGITS = 9;
const DIGEST_CHARS = 8;

/**
 * The times of an event.
 *
 * @param claimed the body's `updated_at`, any ISO 8601 text; what cannot be counts as absent.
 */
export function eventTime(
  claimed: string | null | undefined,
  event: { triggeredAt: Date | null; receivedAt: Date },
): EventTime {
  const changedAt = parseTime(claimed, event.receivedAt);
  // Without a trigger time the claimed one stands for it, so that only the content decides between two of one instant.
  const triggeredAt = event.triggeredAt ?? changedAt ?? event.receivedAt;
  return { changedAt: changedAt ?? triggeredAt, triggeredAt };
}

/** Nothing is from before computers had a clock, nor from the day after tomorrow. */
const MAX_AHEAD_MS = 24 * 3_600_000;

/**
 * The instant of an ISO 8601 text, or null when it is absent, is none, or cannot be: a change from the far future would
 * win over every real one for ever.
 */
export function parseTime(text: string | null | undefined, receivedAt: Date): Date | null {
  if (typeof text !== 'string') return null;
  const ms = Date.parse(text);
  return ms >= 0 && ms <= receivedAt.getTime() + MAX_AHEAD_MS ? new Date(ms) : null;
}

/** The stamp of an event; compare stamps as text. */
export function stampOf(time: EventTime, digest: Buffer): string {
  return `${digits(time.changedAt)}${digits(time.triggeredAt)}${digest.toString('hex').slice(0, DIGEST_CHARS)}`;
}

function digits(time: Date): string {
  return time.getTime().toString(36).padStart(TIME_DIGITS, '0');
}
