/** A run of digits that may be a number JavaScript cannot hold. */
const LONG_DIGITS = /\d{16}/;
const WHOLE_NUMBER = /^-?\d+$/;

interface ReviverContext {
  /** The text a primitive value was written as (ECMAScript: JSON.parse source text access). */
  readonly source?: string;
}

/**
 * Parses JSON without losing ids above 2^53: whole numbers that JavaScript would round come back as text. Only bodies
 * that have a long run of digits at all pay for the slower way.
 *
 * @throws SyntaxError, whose message quotes the text and must not be logged.
 */
export function parseJson(text: string): unknown {
  if (!LONG_DIGITS.test(text)) return JSON.parse(text) as unknown;
  const keepExact = (_key: string, value: unknown, context?: ReviverContext): unknown =>
    typeof value === 'number' && !Number.isSafeInteger(value) && WHOLE_NUMBER.test(context?.source ?? '')
      ? context?.source
      : value;
  return JSON.parse(text, keepExact) as unknown;
}
