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
  unconfirmed: 'Shopify has not confirmed it yet. It holds here already.',
  checked: 'Last checked',
  optOut: 'Opt out of data sale',
  confirm:
    'Do this when the customer asked for it. It holds at once, Shopify is told, and only Shopify can take it back.',
  yes: 'Opt out',
  cancel: 'Cancel',
  failed: 'This did not work, and nothing was changed. Try again.',
  objection: 'Begin an objection',
};
