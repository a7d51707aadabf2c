/** What Shopify says of a shop is shown on every page, so only what it can be is stored. */

const MAX_FORMAT_CHARS = 200;

/** An IANA time zone that this program can reckon with, else null. */
export function getTimeZone(text: string | null | undefined): string | null {
  if (typeof text !== 'string' || text === '') return null;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return text;
  } catch {
    return null;
  }
}

/** A money format such as `${{amount}}`, else null: short, with an amount in it, without control characters. */
export function getMoneyFormat(text: string | null | undefined): string | null {
  if (typeof text !== 'string' || text.length > MAX_FORMAT_CHARS) return null;
  return /\{\{\s*amount/.test(text) && !/\p{Cc}/u.test(text) ? text : null;
}
