/** Currencies of ISO 4217 (list one) whose smallest unit is not a hundredth. */
const MINOR_DIGITS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ),
  ...Object.fromEntries('BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3])),
};

/** How many digits the currency has behind the point (ISO 4217; two for codes it does not list). */
export function minorDigits(currency: string): number {
  return MINOR_DIGITS[currency] ?? 2;
}

/**
 * A currency code as ISO 4217 writes it, else null. The code stands in a plain column, so nothing else may get there,
 * whatever a body says.
 */
export function getCurrency(text: string | null | undefined): string | null {
  return typeof text === 'string' && /^[A-Z]{3}$/.test(text) ? text : null;
}

const DECIMAL = /^(-?)(\d{1,15})(?:\.(\d{1,12}))?$/;

/**
 * Shopify's decimal text in minor units, exact; digits beyond the currency's are rounded half away from zero.
 *
 * @returns null when the text is no decimal number.
 */
export function parseMinor(amount: string | null | undefined, currency: string | null): bigint | null {
  const match = typeof amount === 'string' ? DECIMAL.exec(amount) : null;
  if (match === null) return null;
  const [, sign, whole = '0', fraction = ''] = match;
  const digits = minorDigits(currency ?? '');
  const kept = BigInt(whole + fraction.slice(0, digits).padEnd(digits, '0'));
  const roundsUp = (fraction[digits] ?? '0') >= '5';
  const absolute = roundsUp ? kept + 1n : kept;
  return sign === '-' ? -absolute : absolute;
}
