/**
 * What personal data may be used for. Nothing else: a column names one of these or holds nothing personal, and whoever
 * opens a value names the one they open it for.
 *
 * `statement` is what merchants and shoppers are told, so the wording is part of the promise.
 */
export const PURPOSES = {
  'customer-service': {
    title: 'Customer service',
    statement:
      'Show staff of the shop whose cart it is and what is in it, so that they can help the customer and follow up.',
  },
  'customer-link': {
    title: 'Telling whose cart it is',
    statement: 'Join carts, checkouts and orders of one customer by customer number and e-mail.',
  },
  'cart-activity': {
    title: 'Understanding cart activity',
    statement: 'Show what is put into carts, what is taken out, what is left behind and what is bought.',
  },
  'order-geography': {
    title: 'Where orders go',
    statement: 'Show by country and province where orders ship to, for service and for regional marketing by the shop.',
  },
  'privacy-requests': {
    title: 'Requests by law',
    statement: 'Answer requests for a copy and requests for erasure, on time and provably.',
  },
  agreement: {
    title: 'The agreement',
    statement: 'Conclude the data protection agreement with the merchant and be able to prove it.',
  },
  security: {
    title: 'Security',
    statement: 'Let the right staff in, keep everybody else out, and record who looked at what.',
  },
} as const;

export type Purpose = keyof typeof PURPOSES;

/**
 * What a staff member does on purpose besides looking. Each stands in the access log under its own name, for taking an
 * address away is not the same as reading it; `export` serves privacy requests, the others customer service.
 */
export type Act = 'copy-address' | 'show-field' | 'email-search' | 'export';

/** What an access record names as the reason: a purpose, or an act that serves one. */
export type AccessPurpose = Purpose | Act;

/** On what ground the law allows it. For shoppers' data we are the merchant's processor: the ground is the merchant's. */
export const LAWFUL_BASES = {
  'merchant-instruction':
    'Processed for the merchant (GDPR Art. 28); the merchant relies on the contract with the buyer or on a legitimate interest (Art. 6(1)(b), (f)).',
  'legal-obligation': 'Needed to fulfil the duties of Art. 12 to 22 (Art. 6(1)(c)).',
  'contract-with-merchant': 'Needed for the contract with the merchant (Art. 6(1)(b)).',
  'legitimate-interest': 'Legitimate interest in a secure service that can account for itself (Art. 6(1)(f), Art. 32).',
} as const;

export type LawfulBasis = keyof typeof LAWFUL_BASES;
