import type { RetentionRuleName, TermUnit } from '#app/privacy/retention.ts';
import type { RowRule } from '#app/privacy/retention/expiry.ts';
import type { StopReason } from '#app/privacy/retention/run.ts';
import type { TermProblem } from '#app/privacy/retention/terms.ts';

const unitOf = (count: number, unit: TermUnit) => (count === 1 ? unit.slice(0, -1) : unit);
const number = (count: number) => count.toLocaleString('en-US');

/** Words of Settings → Retention. */
export const retention = {
  title: 'Retention',
  intro:
    'How long Cart Insights keeps what. When its time is up, a record is removed for good, together with the key that opens it.',
  onlyOwner: 'Only an owner can change how long data is kept. You see what holds.',
  groups: {
    carts: 'Carts',
    purchases: 'Checkouts and orders',
    people: 'People',
    records: 'Records and copies',
  },
  peopleNote:
    'A customer goes with the last of their carts, checkouts and orders, in the same night. The agreement promises that, so there is nothing to set.',
  cartsNote:
    'A cart’s term counts from its last change, or that of its checkout or order if that was later. Its history goes with it.',
  rules: {
    emptyCarts: 'Empty carts',
    abandonedCarts: 'Abandoned carts',
    convertedCarts: 'Carts that became orders',
    checkouts: 'Checkouts',
    orders: 'Orders',
    people: 'People without activity',
    packages: 'Copies made for a person who asked',
    accessLog: 'Access log',
    requests: 'Requests by law',
  } satisfies Record<RetentionRuleName, string>,
  help: {
    emptyCarts: 'everything was taken out again',
    abandonedCarts: 'have items and no order',
    convertedCarts: 'no longer than orders; if shorter, the order stays without its cart',
    checkouts: 'after their last change',
    orders: 'after their last change, in Cart Insights only: Shopify keeps its own',
    people: 'with the last of their carts, checkouts and orders',
    packages: 'after they were made',
    accessLog: 'who looked at what; needed to answer for it',
    requests: 'after they were completed; needed to show that they were',
  } satisfies Record<RetentionRuleName, string>,
  suffix: { days: 'days', months: 'months' } satisfies Record<TermUnit, string>,
  between: (min: number, max: number, unit: TermUnit, help: string) =>
    `${String(min)} to ${String(max)} ${unit}: ${help}.`,
  problems: {
    'not-a-number': (min: number, max: number, unit: TermUnit) =>
      `Enter a whole number from ${String(min)} to ${String(max)}.${unit === 'days' ? '' : ''}`,
    'too-short': (min: number, _max: number, unit: TermUnit) =>
      `Keep this for at least ${String(min)} ${unitOf(min, unit)}.`,
    'too-long': (_min: number, max: number, unit: TermUnit) =>
      `This may be kept for ${String(max)} ${unitOf(max, unit)} at most.`,
    'longer-than-orders': () => 'Without its order a cart cannot be told to be one. Keep it no longer than orders.',
  } satisfies Record<TermProblem, (min: number, max: number, unit: TermUnit) => string>,
  save: 'Save',
  discard: 'Discard',
  saved: 'Retention saved',
  stale: 'Somebody changed these settings meanwhile. What you see below are the new ones; nothing of yours was saved.',
  correct: 'Nothing was saved. Look at the fields marked below.',

  preview: {
    title: 'What goes, and when',
    next: (when: string) => `The next run is on ${when}.`,
    shorter:
      'A shorter term takes effect a day after it is saved, so you can take it back. A longer one holds at once.',
    rows: {
      emptyCarts: 'Empty carts',
      abandonedCarts: 'Abandoned carts',
      convertedCarts: 'Carts that became orders',
      checkouts: 'Checkouts',
      orders: 'Orders',
      people: 'People',
    } satisfies Record<RowRule, string>,
    held: (count: number) => `${number(count)} held`,
    goes: (count: number) => (count === 0 ? 'none due' : `${number(count)} due`),
    instead: (count: number) => `now: ${number(count)}`,
    loading: 'Counting what would go',
    failed: 'What would go could not be counted. You can save all the same, or try again.',
    retry: 'Try again',
    invalid: 'Correct the fields above to see what would go.',
    nothing: 'Nothing is held yet. As carts come in, this shows when they go.',
    changed: (more: number) =>
      more === 0
        ? 'With these terms as much is due as now.'
        : more > 0
          ? `With these terms ${number(more)} more are due at once.`
          : `With these terms ${number(-more)} fewer are due.`,
    showTable: 'Show month by month',
    hideTable: 'Hide month by month',
    tableLabel: 'How much goes in each month',
    kind: 'Kind',
    due: 'Due now',
    barsLabel: (kind: string) => `${kind}: by month, see the table`,
  },

  runs: {
    title: 'Runs',
    refused: (count: number, when: string) =>
      `${number(count)} ${count === 1 ? 'message was' : 'messages were'} refused when ${count === 1 ? 'it' : 'they'} came, about something whose time was up by then; last ${when}.`,
    none: 'No run yet. The first one comes in the coming night and is listed here.',
    states: { running: 'Under way', done: 'Done', stopped: 'Stopped' },
    by: { schedule: 'nightly', operator: 'by an operator' },
    nothing: 'Nothing had its time.',
    removed: (parts: readonly string[]) => `Removed: ${parts.join(', ')}.`,
    planned: (count: number) => `Going to remove ${number(count)}.`,
    counts: {
      emptyCarts: (count: number) => `${number(count)} empty ${count === 1 ? 'cart' : 'carts'}`,
      abandonedCarts: (count: number) => `${number(count)} abandoned ${count === 1 ? 'cart' : 'carts'}`,
      convertedCarts: (count: number) => `${number(count)} ${count === 1 ? 'cart' : 'carts'} that became orders`,
      checkouts: (count: number) => `${number(count)} ${count === 1 ? 'checkout' : 'checkouts'}`,
      orders: (count: number) => `${number(count)} ${count === 1 ? 'order' : 'orders'}`,
      people: (count: number) => `${number(count)} ${count === 1 ? 'person' : 'people'}`,
      requests: (count: number) => `${number(count)} ${count === 1 ? 'request' : 'requests'}`,
      accessLog: (count: number) => `${number(count)} access ${count === 1 ? 'record' : 'records'}`,
      agreements: (count: number) => `${number(count)} ended ${count === 1 ? 'agreement' : 'agreements'}`,
    } satisfies Record<string, (count: number) => string>,
    reasons: {
      'clock-differs':
        'The clocks of the app and of the database differed, so nothing was removed. The people who run the app have to look.',
      'clock-jumped':
        'More than a week had passed without a run, or the clock had jumped, so nothing was removed. The people who run the app have to look.',
      'settings-changed': 'The settings were changed meanwhile. The next run goes by the new ones.',
      superseded: 'It was broken off, and another run took over.',
    } satisfies Record<StopReason, string>,
  },
};
