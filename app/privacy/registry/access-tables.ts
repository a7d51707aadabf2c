import { columnsOf, MERCHANT, OURS, sealed, SESSION } from '#app/privacy/registry/entry.ts';
import type { ModelEntry } from '#app/privacy/registry/models.ts';

/** Who of the shop's staff may see what. Shoppers do not occur here. */

const staff = {
  retention: 'session',
  erase: { how: 'delete-row' },
  basis: 'contract-with-merchant',
  purposes: ['security'],
} as const;
const of = columnsOf(staff);
/** Staff are people, but not the ones Shopify's levels are about. */
const ofStaff = { level: 0 } as const;

export const staffMembers: ModelEntry<'StaffMember'> = {
  ...staff,
  table: 'app.staff_members',
  about: 'Staff of the shop who have opened the app, and the role each has.',
  columns: {
    shopId: of.technical(OURS('the shop')),
    id: of.handle(OURS('random id'), ofStaff),
    actor: of.handle(SESSION('keyed digest of the staff member’s id, as in access records'), ofStaff),
    role: of.trace(MERCHANT('owner, support, analyst or auditor'), ofStaff),
    roleSince: of.trace(OURS('clock'), ofStaff),
    roleBy: of.handle(SESSION('keyed digest of who gave the role'), ofStaff),
    isAccountOwner: of.trace(SESSION('account_owner'), ofStaff),
    firstSeenAt: of.trace(OURS('clock'), ofStaff),
    lastSeenAt: of.trace(OURS('clock, to the hour'), ofStaff),
    endedAt: of.trace(OURS('clock'), ofStaff),
    sealed: sealed('shop', {
      staffId: of.personal(SESSION('id'), 0),
      name: of.personal(SESSION('first and last name'), 0),
      email: of.personal(SESSION('e-mail, if Shopify has verified it'), 0),
    }),
  },
};

export const reveals: ModelEntry<'Reveal'> = {
  ...staff,
  table: 'app.reveals',
  about: 'To whom names are shown, until when, and for which purpose they were last.',
  columns: {
    shopId: of.technical(OURS('the shop')),
    memberId: of.handle(OURS('the staff member'), ofStaff),
    purpose: of.trace(MERCHANT('what the staff member chose'), ofStaff),
    startedAt: of.trace(OURS('clock'), ofStaff),
    usedAt: of.trace(OURS('clock'), ofStaff),
  },
};

const settings = {
  ...staff,
  retention: 'installation',
  erase: { how: 'keep', reason: 'No person occurs in it.' },
} as const;
const ofSettings = columnsOf(settings);

export const accessSettings: ModelEntry<'AccessSettings'> = {
  ...settings,
  table: 'app.access_settings',
  about: 'How strict the shop is with its own staff.',
  columns: {
    shopId: ofSettings.technical(OURS('the shop')),
    masksNames: ofSettings.shop(MERCHANT('whether names are masked letter by letter')),
    hiddenCountries: ofSettings.shop(MERCHANT('countries whose people are hidden until they have ordered')),
    changedAt: ofSettings.shop(OURS('clock')),
    changedBy: ofSettings.handle(SESSION('keyed digest of who changed it'), ofStaff),
  },
};
