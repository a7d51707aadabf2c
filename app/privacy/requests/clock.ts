import type { PauseGround } from '#app/privacy/requests/grounds.ts';
import type { Regime } from '#app/privacy/requests/kinds.ts';

const DAY_MS = 86_400_000;
/** Shopify developer documentation, "Privacy law compliance". */
const SHOPIFY_DAYS = 30;
/** California Civil Code § 1798.130(a)(2): 45 days, once extended by 45 more. */
const CCPA_DAYS = 45;
const CCPA_EXTENDED_DAYS = 90;
/** GDPR Art. 12(3): one month, extended by two further months. */
const GDPR_MONTHS = 1;
const GDPR_EXTENDED_MONTHS = 3;

/** When a request has to be done that was received at this time. */
export function dueAtOf(regime: Regime, receivedAt: Date): Date {
  switch (regime) {
    case 'shopify':
      return addDays(receivedAt, SHOPIFY_DAYS);
    case 'ccpa':
      return addDays(receivedAt, CCPA_DAYS);
    case 'gdpr':
      return addMonths(receivedAt, GDPR_MONTHS);
  }
}

/** When it has to be done at the latest once its time was extended; null where the rule knows no extension. */
export function extendedDueAtOf(regime: Regime, receivedAt: Date): Date | null {
  switch (regime) {
    case 'shopify':
      return null;
    case 'ccpa':
      return addDays(receivedAt, CCPA_EXTENDED_DAYS);
    case 'gdpr':
      return addMonths(receivedAt, GDPR_EXTENDED_MONTHS);
  }
}

/**
 * Whether the clock stands still while a request is held. Only doubt about who asks stops it, and only under the GDPR
 * (EDPB Guidelines 01/2022, 157); California counts from receipt whatever the verification takes (11 CCR § 7021(b)).
 */
export function stopsTheClock(regime: Regime, ground: PauseGround): boolean {
  return regime === 'gdpr' && ground === 'identity';
}

function addDays(time: Date, days: number): Date {
  return new Date(time.getTime() + days * DAY_MS);
}

/** The same day of a later month, or that month’s last where there is none (Regulation 1182/71, Art. 3(2)(c)). In UTC. */
function addMonths(time: Date, months: number): Date {
  const moved = new Date(time);
  moved.setUTCMonth(time.getUTCMonth() + months);
  if (moved.getUTCDate() !== time.getUTCDate()) moved.setUTCDate(0);
  return moved;
}
