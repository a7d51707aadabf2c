import type { LogActor } from '#app/access/log/names.ts';
import type { ReviewReason, Verdict } from '#app/access/log/review.ts';
import type { ReviewRule } from '#app/access/log/unusual.ts';
import type { Outcome } from '#app/access/record.ts';
import type { AccessPurpose } from '#app/privacy/purposes.ts';

const times = (count: number) => `${String(count)} ${count === 1 ? 'time' : 'times'}`;
const plural = (count: number, one: string, many: string) => `${String(count)} ${count === 1 ? one : many}`;

/** The access log: who looked at what, what a second person looks at, and whether the record is whole. */
export const accessLogTexts = {
  title: 'Access log',
  subtitle: 'Who saw which data, when and for what. Nothing here names a customer.',

  verify: {
    title: 'Is the record whole?',
    never: 'Not verified yet. It is verified every night, and whenever you ask.',
    intact: (records: number) =>
      `Intact: ${plural(records, 'record', 'records')} verified. None was changed, removed, added or moved.`,
    broken: 'Not intact',
    brokenBody:
      'The record does not hold together. Tell the operator of Cart Insights; do not rely on it for this span.',
    fault: (word: string) => {
      const [code = '', where = ''] = word.split(/:(.*)/s);
      const what = FAULTS[code] ?? code;
      return /^\d+$/.test(where) ? `${what} (from record ${where} on)` : `${what}: ${where}`;
    },
    head: (seq: number, hash: string) => `Newest record: ${String(seq)}, ${hash}`,
    when: 'Verified',
    action: 'Verify now',
    verified: 'The record was verified.',
  },

  reviews: {
    title: 'To review',
    intro:
      'Unusual access is looked at by a second person within 7 days. Rules and numbers are shown; nobody is rated.',
    none: 'Nothing to review. What is unusual appears here within the hour.',
    look: 'Look now',
    looked: (count: number) => (count === 0 ? 'Nothing new.' : `${plural(count, 'new review', 'new reviews')}.`),
    overdue: 'Overdue',
    due: 'Due',
    dueOn: (day: string) => `to be signed off by ${day}`,
    own: 'This is about you: somebody else signs it off.',
    finding: 'What did you find?',
    choose: 'Choose',
    signOff: 'Sign off',
    signedOffTitle: 'Signed off',
    signedOff: (by: string, reason: string) => `${by}: ${reason}`,
    results: {
      'signed-off': 'Signed off.',
      already: 'Somebody else has signed this off meanwhile.',
      own: 'This is about you: somebody else signs it off.',
      unknown: 'This review is not there any more. Load the page again.',
    },
    what: (rule: ReviewRule, who: string, count: number, threshold: number): string =>
      ({
        'log-broken': `The record itself was found not intact: ${plural(count, 'fault', 'faults')}.`,
        operator: `${who} used operator access ${times(count)}.`,
        failed: `${plural(count, 'value', 'values')} did not open for ${who}. None should fail.`,
        denied: `${who} asked ${times(count)} for what their role does not include. Told from ${String(threshold)} a day.`,
        export: `${who} exported ${times(count)}.`,
        volume: `${who} opened ${String(count)} people, carts and orders on one day. Told from ${String(threshold)}: three of their usual days, at least 50.`,
        hour: `${who} looked ${times(count)} at an hour at which they did not in the four weeks before.`,
        'first-time': `${who} looked for the first time in four weeks.`,
      })[rule],
    verdicts: { explained: 'Explained', concern: 'A concern' } satisfies Record<Verdict, string>,
    reasons: {
      'busy-day': 'A busy day, a sale',
      'new-colleague': 'New or back at work',
      'other-hours': 'Other working hours',
      'agreed-support': 'Agreed with the operator',
      'asked-export': 'The export was asked for',
      'known-fault': 'A known fault, reported',
      'talk-to-them': 'We talk to them',
      'access-ended': 'Their access was ended',
      'incident-opened': 'Treated as an incident',
    } satisfies Record<ReviewReason, string>,
  },

  looks: {
    title: 'The last 30 days',
    total: (looks: number, named: number, most: number) =>
      looks === 0
        ? 'Nobody has looked at carts or customers.'
        : `People looked ${times(looks)}, at most ${times(most)} a day, and ${named === 0 ? 'never' : times(named)} at names or e-mails. What the app does by itself is not counted.`,
    inNumbers: 'In numbers',
    day: 'Day',
    looks: 'Looks',
    withNames: 'With names or e-mails',
    named: 'With names',
    values: 'Values',
    today: 'Today',
    ofDay: (day: string, looks: number, named: number) =>
      `${day}: ${plural(looks, 'look', 'looks')}, ${String(named)} with names or e-mails`,
    countedFrom: (when: string) => `Very many looks: only those since ${when} are counted.`,
  },

  filters: {
    who: 'Who',
    people: 'People',
    everybody: 'People and automatic work',
    purpose: 'Purpose',
    everyPurpose: 'Every purpose',
    page: 'Page',
    everyPage: 'Every page',
    from: 'From',
    to: 'To',
    clear: 'Clear filters',
  },
  export: 'Export CSV',
  exportNote: 'The export is itself on record. At most the 50,000 newest records.',
  exportFailed: 'The file could not be made. Nothing was exported; try again.',

  columns: {
    when: 'When',
    who: 'Who',
    purpose: 'Purpose',
    page: 'Page',
    what: 'What',
    people: 'People',
    outcome: 'Outcome',
  },
  resource: { singular: 'record', plural: 'records' },
  newest: 'Newest',
  older: 'Older',
  firstUse: {
    heading: 'Nobody has looked at anything yet',
    body: 'Every view of personal data appears here the moment it happens. What the app does by itself is under Who.',
  },
  noResults: { heading: 'No such record', body: 'Nothing was recorded that fits these filters.' },
  values: (count: number) => plural(count, 'value', 'values'),
  people: (people: number | null, subjects: number) =>
    people === null
      ? subjects === 0
        ? '–'
        : plural(subjects, 'cart or person', 'carts or people')
      : plural(people, 'person', 'people'),
  nothingOpened: 'Nothing opened',

  actor: ({ kind, name, code }: Pick<LogActor, 'kind' | 'name' | 'code'>): string =>
    kind === 'staff'
      ? (name ?? `Staff ${code}`)
      : kind === 'operator'
        ? `Operator ${name ?? code}`
        : kind === 'link'
          ? 'The person, by a link'
          : `Automatic: ${JOBS[name ?? ''] ?? (name ?? code).replaceAll(/[-.]/g, ' ')}`,

  outcomes: {
    opened: 'Opened',
    started: 'Started',
    done: 'Done',
    failed: 'Failed',
    denied: 'Denied',
    retired: 'Old records removed',
  } satisfies Record<Outcome, string>,

  purposes: {
    'customer-service': 'Customer service',
    'customer-link': 'Telling whose cart it is',
    'cart-activity': 'Understanding cart activity',
    'order-geography': 'Where orders go',
    'privacy-requests': 'Requests by law',
    agreement: 'The agreement',
    security: 'Security',
    'copy-address': 'Copying an e-mail address',
    'show-field': 'Showing one masked field',
    'email-search': 'Searching by e-mail',
    export: 'Exporting',
  } satisfies Record<AccessPurpose, string>,

  /** Pages by the name they have in records; one that is not here is shown by that name. */
  pages: {
    carts: 'Carts',
    cart: 'Cart',
    customers: 'Customers',
    person: 'Customer',
    customer: 'Customer',
    requests: 'Requests',
    request: 'Request',
    'request-copy': 'Copy for a request',
    'request-copy-download': 'Download of a copy',
    'package-link': 'Copy fetched by a link',
    'access-log-review': 'Review of the access log',
    'access-log-export': 'Export of the access log',
    'request-find': 'Finding a person for a request',
    'request-email': 'Request',
    'person-opt-out': 'Opting a customer out',
    'person-opt-out-taken-back': 'Taking an opt-out back',
  } as Readonly<Record<string, string>>,
  page: (page: string): string =>
    accessLogTexts.pages[page] ??
    (page.startsWith('ops ') ? `Command ${page.slice(4)}` : (JOBS[page] ?? page.replaceAll(/[-.]/g, ' '))),

  /** `app.people.sealed.firstName`, `app.people.sealed.email` in words: "customer: first name, e-mail". */
  fields: (names: readonly string[]): string => {
    const fieldsOf = new Map<string, string[]>();
    for (const name of names) {
      const [, table = '', , ...rest] = name.split('.');
      const field = (rest.at(-1) ?? '')
        .replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
        .replace('email', 'e-mail');
      const of = TABLES[table] ?? table.replaceAll('_', ' ');
      fieldsOf.set(of, [...(fieldsOf.get(of) ?? []), ...(field === '' ? [] : [field])]);
    }
    return [...fieldsOf].map(([of, fields]) => [of, fields.join(', ')].filter(Boolean).join(': ')).join('; ');
  },
};

/** The app's own work by the name it has in records. */
const JOBS: Readonly<Record<string, string>> = {
  'choices.read': 'reading opt-outs',
  'choices.opt-out': 'passing on an opt-out',
  'privacy.copy': 'making a copy',
  'privacy.clock': 'watching due days',
  'privacy.erasure': 'erasing a person',
  'privacy.objection': 'carrying out an objection',
  'privacy.shop-erasure': 'erasing the shop',
  'access-log': 'verifying the access log',
  retention: 'removing old records',
};

const TABLES: Readonly<Record<string, string>> = {
  cart_states: 'cart',
  carts: 'cart',
  checkouts: 'checkout',
  orders: 'order',
  people: 'customer',
  privacy_requests: 'request',
  access_records: 'access log',
};

const FAULTS: Readonly<Record<string, string>> = {
  altered: 'A record was changed',
  'out-of-place': 'Records were added, replaced or moved',
  missing: 'Records are missing',
  unaccounted: 'There are records the app did not write',
  head: 'The newest record is not the one it was',
  'signed-otherwise': 'It does not agree with a signed checkpoint',
  unsigned: 'A checkpoint is not signed by us',
  unguarded: 'A guard of the database is missing',
};
