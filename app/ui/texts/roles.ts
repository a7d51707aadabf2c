import type { RoleRefusal } from '#app/access/roles.ts';

/** Settings → Roles. */
export const rolesTexts = {
  title: 'Roles',
  subtitle: 'Who of your staff may see what',
  save: 'Save',
  discard: 'Discard',
  notSaved: 'Nothing was saved',
  you: 'You',
  unnamed: 'Staff member without a name',
  accountOwnerBadge: 'Account owner',
  accountOwnerHelp: 'The owner of the Shopify account is always owner here.',
  accountOwner: 'The owner of the Shopify account is always owner here. When the account changes hands, so does this.',
  ended: 'Access ended',
  roleOf: (name: string) => `Role of ${name}`,
  endNow: 'End access now',
  endNowLabel: (name: string) => `End access now: ${name}`,
  restore: 'Give access again',
  restoreLabel: (name: string) => `Give access again: ${name}, as analyst`,
  since: (when: string, by: string | null) =>
    by === null ? `This role since the first visit, ${when}` : `This role since ${when}, given by ${by}`,
  endedSince: (when: string, by: string | null) => (by === null ? `Ended ${when}` : `Ended ${when} by ${by}`),
  lastSeen: (when: string) => `Last here ${when}`,
  firstVisit:
    'Whoever of your staff opens Cart Insights for the first time is listed here as analyst: they see carts and no names until you give them another role. Somebody who leaves your Shopify staff cannot open the app any more, without your doing anything.',
  whatRolesMean: 'What the roles mean',
  refused: {
    'unknown-member': 'Somebody on this page is not known any more. Load the page again.',
    'account-owner': 'The owner of the Shopify account is always owner. This can only be changed in Shopify.',
    'last-owner': 'A shop needs an owner here. Make somebody else owner first.',
    'not-owner': 'Only an owner can change roles.',
    invalid: 'The page sent something that could not be read. Load it again.',
  } satisfies Record<RoleRefusal | 'not-owner' | 'invalid', string>,
  strict: {
    title: 'Stricter with names',
    intro: 'For everybody in this shop, owners included.',
    masks: 'Mask names and e-mails by letter',
    masksHelp: 'A name becomes J•••, an address j•••@…; one of them is shown whole when somebody gives a reason.',
    countries: 'Hide people of these countries until they have ordered',
    countriesHelp: 'People whose country is not known yet are hidden as well.',
    chooseCountry: 'Add a country',
  },
};
