import type { FieldReason } from '#app/access/reasons.ts';

/** A name or an address on a page of somebody: shown whole for a reason, copied. */
export const fieldTexts = {
  show: 'Show',
  showLabel: { name: 'Show the name', email: 'Show the e-mail address' },
  why: 'What is it needed for?',
  reasons: {
    'contacted-us': 'The customer has contacted us',
    order: 'An order cannot go on without it',
    request: 'A request by law',
  } satisfies Record<FieldReason, string>,
  copy: 'Copy',
  copyLabel: 'Copy the e-mail address; it is noted in the access log',
  copied: 'Copied',
  failed: 'Not available. Load the page again, or show names first.',
};
