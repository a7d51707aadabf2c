import { minorDigits } from '#app/carts/money.ts';

/** How the shop writes money. */
export interface MoneyStyle {
  /** The shop's own currency; null until Shopify has told. */
  readonly currency: string | null;
  /** Shopify's template, such as `${{amount}}`; it is meant for the shop's own currency only. */
  readonly moneyFormat: string | null;
}

/** Separators by the names that Shopify's templates use (help.shopify.com: currency formatting). */
const PLACEHOLDERS: Readonly<Record<string, { thousands: string; point: string; hasDecimals: boolean }>> = {
  amount: { thousands: ',', point: '.', hasDecimals: true },
  amount_no_decimals: { thousands: ',', point: '.', hasDecimals: false },
  amount_with_comma_separator: { thousands: '.', point: ',', hasDecimals: true },
  amount_no_decimals_with_comma_separator: { thousands: '.', point: ',', hasDecimals: false },
  amount_with_apostrophe_separator: { thousands: "'", point: '.', hasDecimals: true },
  amount_no_decimals_with_space_separator: { thousands: ' ', point: ',', hasDecimals: false },
  amount_with_space_separator: { thousands: ' ', point: ',', hasDecimals: true },
  amount_with_period_and_space_separator: { thousands: ' ', point: '.', hasDecimals: true },
};

/**
 * An amount in the shop's own way of writing; in another currency in the plain way of the language with the code behind it,
 * as Shopify admin has it: `$` means the shop's own dollars only.
 *
 * @param minor smallest units of the currency.
 */
export function formatMoney(minor: number, currency: string | null, style: MoneyStyle): string {
  const code = currency ?? style.currency;
  if (code === null) return decimal(minor, 2, ',', '.');
  const template = code === style.currency ? plainTemplate(style.moneyFormat) : null;
  const written = template === null ? null : fillTemplate(template, minor, minorDigits(code));
  return written ?? formatByLanguage(minor, code, code !== style.currency);
}

function fillTemplate(template: string, minor: number, digits: number): string | null {
  const match = /\{\{\s*(\w+)\s*\}\}/.exec(template);
  const style = PLACEHOLDERS[match?.[1] ?? ''];
  if (match === null || style === undefined) return null;
  const { thousands, point, hasDecimals } = style;
  // Without decimals the amount is rounded, which would hide cents on this page: they are shown whenever there are any.
  const shown = hasDecimals || minor % 10 ** digits !== 0 ? digits : 0;
  const amount = decimal(shown === 0 ? minor / 10 ** digits : minor, shown, thousands, point);
  return template.replace(match[0], () => amount);
}

/** A merchant may have put markup around the amount for the storefront. */
function plainTemplate(template: string | null): string | null {
  const text = template?.replace(/<[^>]*>/g, '').trim() ?? '';
  return text.includes('{{') ? text : null;
}

function decimal(minor: number, digits: number, thousands: string, point: string): string {
  const text = String(Math.abs(minor)).padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits).replace(/\B(?=(\d{3})+$)/g, thousands);
  const fraction = digits === 0 ? '' : point + text.slice(-digits);
  return `${minor < 0 ? '-' : ''}${whole}${fraction}`;
}

function formatByLanguage(minor: number, currency: string, isForeign: boolean): string {
  const digits = minorDigits(currency);
  const value = minor / 10 ** digits;
  try {
    const style = {
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    } as const;
    const amount = new Intl.NumberFormat('en', style).format(value);
    return isForeign && !amount.includes(currency) ? `${amount} ${currency}` : amount;
  } catch {
    // Not the form of a currency code: Shopify's word stands as it is.
    return `${decimal(minor, digits, ',', '.')} ${currency}`;
  }
}
