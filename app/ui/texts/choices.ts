import type { TakeBackReason } from '#app/privacy/choices/suppressions.ts';

/** What a customer does not want done with their data. */
export const choiceTexts = {
  title: 'Choices',
  states: {
    unknown: 'Not known yet',
    may: 'Has not opted out',
    'opted-out': 'Opted out of data sale',
    objected: 'Objected',
  },
  explained: {
    unknown: 'Shopify has given no answer about this customer. Until it does, nothing of them leaves the app.',
    may: 'Shopify says that this customer has not opted out of the sale of their data.',
    'opted-out': 'New carts are not tied to this customer, and nothing of them leaves the app.',
    objected: 'Nothing is tied to this customer.',
  },
  since: 'Since',
  by: { shopify: 'said by Shopify', merchant: 'set here by your staff', individual: 'asked for by the customer' },
  unconfirmed:
    'Shopify has not taken it over yet. It holds here already; Shopify is told again until it has. Where another customer has the same address it is not told, since it goes by the address: set it there yourself.',
  notAllowed:
    'Shopify has not been told: your shop has not allowed Cart Insights to set a customer’s choices there. It holds here all the same.',
  allow: 'Allow it',
  allowed: 'Thank you. Shopify is told within minutes.',
  declined: 'Nothing was changed: it holds here, and Shopify is not told.',
  checked: 'Last checked',
  optOut: 'Opt out of data sale',
  confirm: 'Do this when the customer asked for it. It holds at once, and Shopify is told.',
  yes: 'Opt out',
  takeBack: 'Take the opt-out back',
  takeBackConfirm:
    'This takes back what was set here. Shopify is asked again at once: if it says that the customer has opted out, as it does once it was told, that stands and can only be taken back there.',
  why: 'Why?',
  whys: {
    mistake: 'It was set by mistake',
    wish: 'The customer wishes so',
  } satisfies Record<TakeBackReason, string>,
  takeBackYes: 'Take it back',
  ofShopify: 'Shopify says so. It can only be taken back there; Cart Insights follows within a week.',
  nothingOurs: 'Nothing that was set here is in force: Shopify says so, and it can only be taken back there.',
  cancel: 'Cancel',
  failed: 'This did not work, and nothing was changed. Try again.',
  objection: 'Begin an objection',
};
