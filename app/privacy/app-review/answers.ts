/** `in force`: runs and has a test. `partly`: what is missing is said. `not yet`: nothing of it is built. */
export interface ProtectionAnswer {
  readonly question: string;
  readonly state: 'in force' | 'partly' | 'not yet';
  readonly how: string;
}

/**
 * Shopify's requirements for protected customer data (developer documentation, "Protected customer data"), level 1 and
 * then level 2, with what the code does about each today. An answer changes in the commit that changes the code.
 */
export const PROTECTION_ANSWERS: readonly ProtectionAnswer[] = [
  {
    question: 'Is only the minimum of personal data processed?',
    state: 'in force',
    how: 'The edge keeps the fields above and cuts away the rest before anything is stored; a test compares registry, edge and include_fields.',
  },
  {
    question: 'Are merchants told what is processed and why?',
    state: 'in force',
    how: 'On the first page, from the registry, before anything is processed.',
  },
  {
    question: 'Is use limited to the stated purposes?',
    state: 'in force',
    how: 'Every field names its purposes; pages open only what theirs needs. Names and e-mails are hidden until somebody whose role allows it states a purpose, and again after half an hour without use; every look is on record. The shop may have them masked, or hide people of countries it chooses.',
  },
  {
    question: 'Are consent decisions respected?',
    state: 'partly',
    how: 'Requests for a copy, for erasure and objections are recorded durably with their days and carried out; nothing new is tied to somebody who has objected. Nothing of ours runs in the storefront: no pixel and no script that consent would concern. What a visitor answered to the cookie banner Shopify does not tell with the cart, so a cart comes all the same; by itself it names nobody.',
  },
  {
    question: 'Is opting out of the sale or sharing of data respected?',
    state: 'partly',
    how: 'Shopify’s opt-out is asked for within a minute of first meeting a customer and every week after; nothing new is tied to somebody who has opted out. Nothing is sold or shared with anybody; what could ever leave for marketing waits for the answer. Staff can set it on the customer’s page; Shopify is told.',
  },
  {
    question: 'Can people opt out of automated decisions?',
    state: 'in force',
    how: 'There are none: no column and no name in the code for scores, ranks or predictions; a test looks.',
  },
  {
    question: 'Is there a data protection agreement with merchants?',
    state: 'in force',
    how: 'Accepted by the account owner or a named delegate before processing starts; who, when, version and digest are kept.',
  },
  {
    question: 'Are there retention periods?',
    state: 'in force',
    how: 'Declared above, and kept to every night; the shop may set less, and sees beforehand what goes and afterwards what went.',
  },
  {
    question: 'Is data encrypted at rest and in transit?',
    state: 'in force',
    how: 'AES-256-GCM under per-subject keys before it reaches the database; HTTPS; in production only verified TLS or a Unix socket to the database.',
  },
  {
    question: 'Are backups encrypted?',
    state: 'not yet',
    how: 'The app makes no backups yet. What is personal in a database dump is encrypted all the same.',
  },
  {
    question: 'Are test and production data apart?',
    state: 'partly',
    how: 'Tests and the demo make databases of their own and use made-up people. A stamp that tells environments apart is not built yet.',
  },
  {
    question: 'Is there a strategy against data loss?',
    state: 'partly',
    how: 'Lists show no names until a purpose is stated; logs take allow-listed fields only; a test looks for planted values in every table, file and log. Exports and copies are acts of their own, by role and on record; what is unusual in the access log becomes a review. How much may be exported is not limited, and nobody is called outside the app.',
  },
  {
    question: 'Is staff access limited?',
    state: 'in force',
    how: 'Shop staff come in by Shopify’s session only and see their own shop only. Four roles; whoever opens the app for the first time sees carts without people until an owner decides otherwise, and the owner can end anybody’s access. Operators have no screen that shows personal data.',
  },
  {
    question: 'Are strong passwords required of staff?',
    state: 'in force',
    how: 'The app has no passwords: staff sign in to Shopify, operators to their own machines.',
  },
  {
    question: 'Is access to protected data logged?',
    state: 'in force',
    how: 'One record for every view that opens something, committed before the answer leaves; chained for every shop, verified every night, with signed checkpoints that can be kept elsewhere. The app cannot change records. Owners and auditors of the shop read, review and export them.',
  },
  {
    question: 'Is there a policy for security incidents?',
    state: 'partly',
    how: 'The agreement promises notice within 24 hours of confirmation. The incident desk is not built yet.',
  },
];
