import { columnsOf, OURS, sealed } from '#app/privacy/registry/entry.ts';
import type { ModelEntry } from '#app/privacy/registry/models.ts';

/** Copies made for those who asked for one, and what the privacy contact is told about requests. */

const copies = {
  retention: 'request',
  erase: {
    how: 'keep',
    reason: 'Shows that and when a copy was given (GDPR Art. 5(2)). The copy itself goes with its key.',
  },
  basis: 'legal-obligation',
  purposes: ['privacy-requests'],
} as const;
const of = columnsOf(copies);
/** Not personal, and part of what whoever looks a copy over sees. */
const opened = { mask: 'opened-on-record' } as const;
const inTheCopy = {
  export: { withheld: 'What the copy itself is made of: it stands in the other sections.' },
} as const;

export const accessPackages: ModelEntry<'AccessPackage'> = {
  ...copies,
  table: 'app.access_packages',
  about: 'Copies of everything held about one person: made on request, sealed, gone after seven days.',
  columns: {
    shopId: of.technical(OURS('the shop')),
    id: of.handle(OURS('random id')),
    requestId: of.handle(OURS('the request')),
    madeAt: of.trace(OURS('clock')),
    expiresAt: of.trace(OURS('seven days after it was made')),
    counts: of.trace(OURS('how many entries of each kind are in it'), inTheCopy),
    namesStaff: of.trace(OURS('whether it names the staff who looked')),
    subjectIds: of.handle(OURS('whose contents are in it'), { erase: { how: 'set-null' } }),
    previewedAt: of.trace(OURS('clock')),
    releasedAt: of.trace(OURS('clock')),
    releaseReason: of.trace(OURS('looked over by staff, by nobody until the 25th day, or by a link')),
    endedAt: of.trace(OURS('clock')),
    endReason: of.trace(OURS('fetched, expired, replaced, closed or erased')),
    sealed: sealed('request', {
      schema: of.technical(OURS('which shape the copy has'), opened),
      madeAt: of.technical(OURS('clock'), opened),
      shop: of.technical(OURS('the shop’s domain'), opened),
      scope: of.technical(OURS('how far back it reaches'), opened),
      purposes: of.technical(OURS('from the registry'), opened),
      recipients: of.technical(OURS('to whom else data was given'), opened),
      sections: of.personal(OURS('everything held about the person, by the registry’s export rules'), 2, inTheCopy),
      looks: of.personal(OURS('who looked at it, from the access records'), 1, inTheCopy),
    }),
  },
};

export const accessPackageLinks: ModelEntry<'AccessPackageLink'> = {
  ...copies,
  table: 'app.access_package_links',
  about: 'Links by which a person fetches a copy themselves where there is no shop any more to hand it over.',
  columns: {
    shopId: of.technical(OURS('the shop')),
    id: of.technical(OURS('random id')),
    packageId: of.handle(OURS('the copy')),
    tokenDigest: of.handle(OURS('SHA-256 of the token in the link')),
    issuedAt: of.technical(OURS('clock')),
    issuedBy: of.handle(OURS('the operator who checked the person’s identity'), { level: 0 }),
    expiresAt: of.technical(OURS('clock')),
    usedAt: of.technical(OURS('clock')),
  },
};

export const notices: ModelEntry<'Notice'> = {
  ...copies,
  table: 'app.notices',
  about: 'What the privacy contact is told about requests, and whether the mail went out. Neither address nor person.',
  columns: {
    shopId: of.technical(OURS('the shop')),
    id: of.technical(OURS('random id')),
    requestId: of.handle(OURS('the request')),
    kind: of.technical(OURS('what is told')),
    aboutAt: of.technical(OURS('receipt or due time of the request')),
    writtenAt: of.technical(OURS('clock')),
    state: of.technical(OURS('whether it was sent')),
    tries: of.technical(OURS('counter')),
    unanswered: of.technical(OURS('how often the mail server was given it without answering')),
    triedAt: of.technical(OURS('clock')),
    sentAt: of.technical(OURS('clock')),
  },
};
