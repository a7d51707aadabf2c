/** From so many digits on, a whole number may be one that JavaScript cannot hold. */
const LONG = 16;
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
  if (!hasLongDigits(text)) return JSON.parse(text) as unknown;
  const keepExact = (_key: string, value: unknown, context?: ReviverContext): unknown =>
    typeof value === 'number' && !Number.isSafeInteger(value) && WHOLE_NUMBER.test(context?.source ?? '')
      ? context?.source
      : value;
  return JSON.parse(text, keepExact) as unknown;
}

/** Looks at every 16th character, since a run of 16 digits cannot lie between two of them: the ingest path does this. */
function hasLongDigits(text: string): boolean {
  for (let at = LONG - 1; at < text.length; at += LONG) {
    if (!isDigit(text, at)) continue;
    let from = at;
    let to = at;
    while (isDigit(text, from - 1)) from -= 1;
    while (isDigit(text, to + 1)) to += 1;
    if (to - from + 1 >= LONG) return true;
  }
  return false;
}

/** Outside the text there is no digit. */
function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}
