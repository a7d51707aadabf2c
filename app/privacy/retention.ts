/**
 * How long each kind of data may stay at most: the single source for the agreement's promise, the merchant's settings,
 * the job that removes, and docs/app-review.md.
 *
 * `limit` is the promise, in the words of the agreement; `enforcedBy` names what keeps it. A class whose limit nothing
 * enforces does not compile.
 */
export const RETENTION_CLASSES = {
  inbox: {
    title: 'Webhooks on their way',
    limit: '7 days',
    enforcedBy: 'a daily partition that is dropped with its key (inbox.close_days)',
  },
  cart: {
    title: 'Carts and their states',
    limit: '13 months after the last change',
    enforcedBy: 'the nightly retention run; the shop may set less, by what became of the cart',
  },
  checkout: {
    title: 'Checkouts',
    limit: '13 months after the last change',
    enforcedBy: 'the nightly retention run; the shop may set less',
  },
  order: {
    title: 'Orders',
    limit: '13 months after the last change',
    enforcedBy: 'the nightly retention run; the shop may set less',
  },
  person: {
    title: 'People',
    limit: 'as long as one of their carts, checkouts or orders',
    enforcedBy: 'the nightly retention run, after carts, checkouts and orders',
  },
  request: {
    title: 'Requests by law',
    limit: '36 months after completion',
    enforcedBy: 'the nightly retention run; the database refuses to remove one before 24 months',
  },
  'access-log': {
    title: 'Access records',
    limit: '24 months',
    enforcedBy:
      'the nightly job after the retention run: the oldest part of the chain, behind a signed statement; the database refuses what is younger than 13 months',
  },
  session: {
    title: 'Staff: sessions, tokens, roles',
    limit: 'until the app is uninstalled',
    enforcedBy: 'deletion in the transaction that records the uninstallation',
  },
  agreement: {
    title: 'The agreement and who accepted it',
    limit: '36 months after its end',
    enforcedBy: 'the nightly retention run; the database refuses to remove one earlier',
  },
  installation: {
    title: 'The installation',
    limit: 'the domain and the dates of the installation stay, as proof of what was erased',
    enforcedBy: 'nothing to enforce: nothing of a shopper is in it',
  },
  catalogue: {
    title: 'What the shop sells',
    limit: 'as long as the app is installed',
    enforcedBy: 'the nightly retention run after the uninstallation',
  },
  key: {
    title: 'Keys',
    limit: 'as long as what they seal',
    enforcedBy: 'deletion in the transaction that removes what they seal; the nightly retention run looks for strays',
  },
  'retention-run': {
    title: 'Runs of retention: counts and times, nobody’s data',
    limit: '36 months',
    enforcedBy: 'the nightly retention run; the database refuses to remove one earlier',
  },
  operation: {
    title: 'Running the service',
    limit: '30 days',
    enforcedBy: 'pg-boss, which deletes jobs that ended or were never taken',
  },
  permanent: { title: 'The shape of the database', limit: 'as long as the database', enforcedBy: 'nothing to enforce' },
} as const satisfies Record<string, { title: string; limit: string; enforcedBy: string }>;

export type RetentionClass = keyof typeof RETENTION_CLASSES;

/** Terms are counted in days of 24 hours or in months of the calendar, in UTC. */
export type TermUnit = 'days' | 'months';

interface RetentionRule {
  /** What it belongs to. */
  readonly class: RetentionClass;
  readonly unit: TermUnit;
  readonly min: number;
  /** Never more than the class's limit. */
  readonly max: number;
  /** What holds until the shop says otherwise. */
  readonly preset: number;
}

/**
 * What a shop may set for itself, and between what.
 *
 * A cart's term goes by what became of it: with nothing in it there is nothing to help with, so it goes soonest. The
 * least term is a week, far more than a cart can be active or in checkout. Access records and requests have a minimum as
 * well: they show what was done with people's data, and a complaint may come a year later (CCPA regulations, section
 * 7101: 24 months for requests).
 */
export const RETENTION_RULES = {
  emptyCarts: { class: 'cart', unit: 'days', min: 7, max: 365, preset: 90 },
  abandonedCarts: { class: 'cart', unit: 'months', min: 1, max: 13, preset: 13 },
  convertedCarts: { class: 'cart', unit: 'months', min: 1, max: 13, preset: 13 },
  checkouts: { class: 'checkout', unit: 'months', min: 1, max: 13, preset: 13 },
  orders: { class: 'order', unit: 'months', min: 1, max: 13, preset: 13 },
  // The agreement promises that nobody outlasts the last of theirs, so there is nothing to set.
  people: { class: 'person', unit: 'months', min: 0, max: 0, preset: 0 },
  packages: { class: 'request', unit: 'days', min: 1, max: 30, preset: 7 },
  accessLog: { class: 'access-log', unit: 'months', min: 13, max: 24, preset: 24 },
  requests: { class: 'request', unit: 'months', min: 24, max: 36, preset: 36 },
} as const satisfies Record<string, RetentionRule>;

export type RetentionRuleName = keyof typeof RETENTION_RULES;

export const RETENTION_RULE_NAMES = Object.keys(RETENTION_RULES) as RetentionRuleName[];

/** How long the shop keeps each: a whole number in the rule's unit. */
export type RetentionTerms = Readonly<Record<RetentionRuleName, number>>;

/** What holds for a shop that never set anything. */
export const PRESET_TERMS: RetentionTerms = mapRules((name) => RETENTION_RULES[name].preset);

/** One value for each rule. */
export function mapRules<T>(valueOf: (name: RetentionRuleName) => T): Readonly<Record<RetentionRuleName, T>> {
  return Object.fromEntries(RETENTION_RULE_NAMES.map((name) => [name, valueOf(name)])) as Record<RetentionRuleName, T>;
}
