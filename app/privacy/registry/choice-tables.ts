import { ADMIN_API, columnsOf, MERCHANT, OURS } from '#app/privacy/registry/entry.ts';
import type { ModelEntry } from '#app/privacy/registry/models.ts';

/** What shoppers do not want done with their data. */

const suppression = {
  retention: 'installation',
  erase: {
    how: 'keep',
    reason: 'Keeps a refusal standing; says whose it is to nobody without the shop’s key.',
  },
  basis: 'legal-obligation',
  purposes: ['privacy-requests'],
} as const;
const of = columnsOf(suppression);
const WITHHELD = {
  export: {
    withheld: 'Kept under a keyed digest. What a person chose stands with the person, and is given from there.',
  },
} as const;

export const suppressions: ModelEntry<'Suppression'> = {
  ...suppression,
  table: 'app.suppressions',
  about: 'That somebody opted out of the sale of their data, or objected to being tied to carts.',
  columns: {
    shopId: of.technical(OURS('the shop')),
    tag: of.handle(OURS('keyed digest of a customer number or an e-mail')),
    what: of.trace(ADMIN_API('Customer.dataSaleOptOut; or the objection, from the request'), WITHHELD),
    kind: of.technical(OURS('whether the digest is of a number or an e-mail')),
    source: of.trace(MERCHANT('who said so: Shopify, the merchant, or the person'), WITHHELD),
    since: of.trace(OURS('clock'), WITHHELD),
    checkedAt: of.trace(OURS('clock'), WITHHELD),
    endedAt: of.trace(OURS('clock'), WITHHELD),
    toldAt: of.trace(ADMIN_API('when Shopify took over, or said by itself, that it is refused'), WITHHELD),
    endedWhy: of.trace(MERCHANT('why staff took it back'), WITHHELD),
    requestId: of.technical(OURS('the request by which it came: random id')),
  },
};
