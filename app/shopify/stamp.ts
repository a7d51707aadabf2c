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
 * @param claimed the body's `updated_at`, any ISO 8601 text; what does not parse counts as absent.
 */
export function eventTime(
  claimed: string | null | undefined,
  event: { triggeredAt: Date | null; receivedAt: Date },
): EventTime {
  const triggeredAt = event.triggeredAt ?? event.receivedAt;
  return { changedAt: parseTime(claimed) ?? triggeredAt, triggeredAt };
}

/** The instant of an ISO 8601 text, or null when it is absent or is none. Years a database cannot hold are none. */
export function parseTime(text: string | null | undefined): Date | null {
  if (typeof text !== 'string') return null;
  const time = new Date(text);
  const year = time.getUTCFullYear();
  return year >= 1970 && year <= 9999 ? time : null;
}

/** The stamp of an event; compare stamps as text. */
export function stampOf(time: EventTime, digest: Buffer): string {
  return `${digits(time.changedAt)}${digits(time.triggeredAt)}${digest.toString('hex').slice(0, DIGEST_CHARS)}`;
}

function digits(time: Date): string {
  return time.getTime().toString(36).padStart(TIME_DIGITS, '0');
}
