import {
  mapRules,
  PRESET_TERMS,
  RETENTION_RULES,
  type RetentionRuleName,
  type RetentionTerms,
  type TermUnit,
} from '#app/privacy/retention.ts';

/** Pure rules about terms: reading them, and when something's time is up. Nothing here knows a database or a clock. */

const DAY_MS = 24 * 3_600_000;

/**
 * The instant at which something from `from` has been kept for the term.
 *
 * Days have 24 hours; months are those of the calendar in UTC, where no clock is ever changed, so neither summer time nor
 * a leap day moves an end. A month without the day ends on its last one (the rule of Regulation 1182/71, Art. 3).
 */
export function endOfTerm(from: Date, count: number, unit: TermUnit): Date {
  if (unit === 'days') return new Date(from.getTime() + count * DAY_MS);
  const monthStart = new Date(from);
  monthStart.setUTCDate(1);
  monthStart.setUTCMonth(monthStart.getUTCMonth() + count);
  const lastDay = new Date(Date.UTC(monthStart.getUTCFullYear(), monthStart.getUTCMonth() + 1, 0)).getUTCDate();
  monthStart.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return monthStart;
}

/** Whether something last changed at `changedAt` has had its time under a rule. */
export function isExpired(terms: RetentionTerms, rule: RetentionRuleName, changedAt: Date, now: Date): boolean {
  return endOfTerm(changedAt, terms[rule], RETENTION_RULES[rule].unit) <= now;
}

/** Later than any moment whose term has ended: where looking may stop. */
export function scanBound(terms: RetentionTerms, rules: readonly RetentionRuleName[], now: Date): Date {
  // The shortest month has 28 days.
  const days = rules.map((rule) => terms[rule] * (RETENTION_RULES[rule].unit === 'months' ? 28 : 1));
  return new Date(now.getTime() - Math.min(...days) * DAY_MS);
}

/** Terms as they were stored, held to today's limits: what is missing or makes no sense is the preset. */
export function termsOf(stored: unknown): RetentionTerms {
  const found: Readonly<Record<string, unknown>> = typeof stored === 'object' && stored !== null ? { ...stored } : {};
  return mapRules((name) => {
    const value = found[name];
    const { min, max } = RETENTION_RULES[name];
    return typeof value === 'number' && Number.isInteger(value)
      ? Math.min(max, Math.max(min, value))
      : PRESET_TERMS[name];
  });
}

/** What is wrong with a term a merchant typed. */
export type TermProblem = 'not-a-number' | 'too-short' | 'too-long' | 'longer-than-orders';

export type ParsedTerms =
  | { readonly ok: true; readonly terms: RetentionTerms }
  | { readonly ok: false; readonly problems: Readonly<Partial<Record<RetentionRuleName, TermProblem>>> };

/** Reads what a merchant typed, field by field. */
export function parseTerms(typed: (name: RetentionRuleName) => string | null): ParsedTerms {
  const values = mapRules((name) => parseTerm(typed(name), name));
  const problems: Partial<Record<RetentionRuleName, TermProblem>> = {};
  const terms = mapRules((name) => {
    const value = values[name];
    if (typeof value === 'number') return value;
    problems[name] = value;
    return PRESET_TERMS[name];
  });
  // An order is what makes a cart a bought one: without it nothing says what became of the cart.
  if (Object.keys(problems).length === 0 && terms.convertedCarts > terms.orders) {
    problems.convertedCarts = 'longer-than-orders';
  }
  return Object.keys(problems).length === 0 ? { ok: true, terms } : { ok: false, problems };
}

function parseTerm(typed: string | null, name: RetentionRuleName): number | TermProblem {
  const text = (typed ?? '').trim();
  if (!/^\d{1,4}$/.test(text)) return 'not-a-number';
  const { min, max } = RETENTION_RULES[name];
  const value = Number(text);
  if (value < min) return 'too-short';
  return value > max ? 'too-long' : value;
}

/** The longer of two, rule by rule. */
export function longestTerms(all: readonly RetentionTerms[]): RetentionTerms {
  return mapRules((name) => Math.max(...all.map((terms) => terms[name])));
}
