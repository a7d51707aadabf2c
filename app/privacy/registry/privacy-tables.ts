import { columnsOf, from, HEADER, MERCHANT, OURS, sealed, SESSION } from '#app/privacy/registry/entry.ts';
import type { ModelEntry } from '#app/privacy/registry/models.ts';
import { CUSTOMER_GONE, DATA_REQUEST, REDACT } from '#app/privacy/registry/topic-groups.ts';

/** The agreement, requests by law, and the record of who looked. */

const agreement = {
  retention: 'agreement',
  erase: { how: 'keep', reason: 'Proof of the contract and of instructions under it (GDPR Art. 17(3)(e)).' },
  basis: 'contract-with-merchant',
  purposes: ['agreement'],
} as const;
const ofAgreement = columnsOf(agreement);

export const agreementAcceptances: ModelEntry<'AgreementAcceptance'> = {
  ...agreement,
  table: 'app.agreement_acceptances',
  about: 'Who accepted which version of the agreement, when, for which installation.',
  columns: {
    shopId: ofAgreement.technical(OURS('the shop')),
    id: ofAgreement.technical(OURS('random id')),
    epoch: ofAgreement.technical(OURS('number of the installation')),
    version: ofAgreement.shop(OURS('version of the text')),
    sha256: ofAgreement.shop(OURS('digest of the text as it was shown')),
    acceptedAt: ofAgreement.shop(OURS('clock')),
    signerRole: ofAgreement.shop(SESSION('account owner, or delegate named by one')),
    endedAt: ofAgreement.shop(OURS('end of the installation')),
    sealed: sealed('shop', {
      'signer.staffId': ofAgreement.personal(SESSION('id'), 0),
      'signer.name': ofAgreement.personal(SESSION('first and last name'), 0),
      'signer.email': ofAgreement.personal(SESSION('e-mail, if Shopify has verified it'), 0),
      'namedBy.staffId': ofAgreement.personal(SESSION('id of the owner who named the delegate'), 0),
      'namedBy.name': ofAgreement.personal(SESSION('name of the owner who named the delegate'), 0),
    }),
  },
};

export const agreementDelegates: ModelEntry<'AgreementDelegate'> = {
  ...agreement,
  table: 'app.agreement_delegates',
  about: 'Colleagues whom the account owner named to accept the agreement.',
  columns: {
    shopId: ofAgreement.technical(OURS('the shop')),
    id: ofAgreement.technical(OURS('random id')),
    emailIndex: ofAgreement.handle(MERCHANT('e-mail of the colleague'), { level: 0 }),
    namedAt: ofAgreement.shop(OURS('clock')),
    sealed: sealed('shop', {
      email: ofAgreement.personal(MERCHANT('e-mail of the colleague'), 0),
      'namedBy.staffId': ofAgreement.personal(SESSION('id of the owner'), 0),
      'namedBy.name': ofAgreement.personal(SESSION('name of the owner'), 0),
    }),
  },
};

export const privacyContacts: ModelEntry<'PrivacyContact'> = {
  ...agreement,
  table: 'app.privacy_contacts',
  about: 'The address for privacy matters that the merchant gave.',
  columns: {
    shopId: ofAgreement.technical(OURS('the shop')),
    updatedAt: ofAgreement.shop(OURS('clock')),
    sealed: sealed('shop', { email: ofAgreement.personal(MERCHANT('e-mail for privacy matters'), 0) }),
  },
};

const request = {
  retention: 'request',
  erase: {
    how: 'keep',
    reason: 'Shows that the request was fulfilled (GDPR Art. 5(2)); what names the person goes with its key.',
  },
  basis: 'legal-obligation',
  purposes: ['privacy-requests'],
} as const;
const ofRequest = columnsOf(request);

export const privacyRequests: ModelEntry<'PrivacyRequest'> = {
  ...request,
  table: 'app.privacy_requests',
  about: 'Requests for a copy and for erasure, with their clock.',
  columns: {
    shopId: ofRequest.technical(OURS('the shop')),
    id: ofRequest.technical(OURS('random id')),
    kind: ofRequest.trace(OURS('what is asked: from the topic, or chosen by staff')),
    source: ofRequest.trace(OURS('who brought it')),
    regime: ofRequest.trace(OURS('the rule whose clock counts')),
    scope: ofRequest.trace(OURS('how far back a copy reaches')),
    epoch: ofRequest.technical(OURS('number of the installation')),
    topic: ofRequest.trace(HEADER('X-Shopify-Topic')),
    bodyDigest: ofRequest.handle(OURS('keyed digest of the raw body')),
    webhookId: ofRequest.technical(HEADER('X-Shopify-Webhook-Id')),
    triggeredAt: ofRequest.trace(HEADER('X-Shopify-Triggered-At')),
    receivedAt: ofRequest.trace(OURS('clock')),
    dueAt: ofRequest.trace(OURS('receipt and the rule’s time')),
    state: ofRequest.trace(OURS('how far it is')),
    startedAt: ofRequest.trace(OURS('clock')),
    finishedAt: ofRequest.trace(OURS('clock')),
    pausedAt: ofRequest.trace(OURS('clock')),
    pauseGround: ofRequest.trace(MERCHANT('the legal ground on which it is held')),
    extendedAt: ofRequest.trace(OURS('clock')),
    extensionGround: ofRequest.trace(MERCHANT('the legal ground on which it takes longer')),
    closingGround: ofRequest.trace(OURS('why it was refused or superseded')),
    residue: ofRequest.technical(OURS('where the check after an erasure found something: names of tables and columns')),
    waitsFor: ofRequest.technical(OURS('the request for a copy that an erasure of the same person waits for')),
    held: ofRequest.trace(OURS('whether anything could be held of this shop')),
    sealed: sealed('request', {
      customerIds: ofRequest.personal(
        [...from([...DATA_REQUEST, ...REDACT], 'customer.id'), ...from(CUSTOMER_GONE, 'id', 'admin_graphql_api_id')],
        1,
      ),
      emails: ofRequest.personal(from([...DATA_REQUEST, ...REDACT], 'customer.email'), 2),
      orderIds: ofRequest.personal([...from(DATA_REQUEST, 'orders_requested'), ...from(REDACT, 'orders_to_redact')], 1),
      personIds: ofRequest.handle(MERCHANT('the person staff pointed at: our random id')),
      cartIds: ofRequest.handle(MERCHANT('the carts staff pointed at: our random ids')),
      dataRequestId: ofRequest.trace(from(DATA_REQUEST, 'data_request.id')),
    }),
  },
};

export const privacyRequestSteps: ModelEntry<'PrivacyRequestStep'> = {
  ...request,
  table: 'app.privacy_request_steps',
  about: 'The history of a request: what happened, when, by whom, on which ground.',
  columns: {
    shopId: ofRequest.technical(OURS('the shop')),
    requestId: ofRequest.technical(OURS('the request')),
    id: ofRequest.technical(OURS('random id')),
    at: ofRequest.trace(OURS('clock')),
    step: ofRequest.trace(OURS('what happened')),
    ground: ofRequest.trace(MERCHANT('the legal ground named')),
    actor: ofRequest.handle(SESSION('keyed digest of the staff member’s id, or the job'), { level: 0 }),
  },
};

const forgotten = {
  retention: 'installation',
  erase: {
    how: 'keep',
    reason: 'Keeps what was erased from coming back; says whose it was to nobody without the shop’s key.',
  },
  basis: 'legal-obligation',
  purposes: ['privacy-requests'],
} as const;
const ofTombstone = columnsOf(forgotten);

export const tombstones: ModelEntry<'Tombstone'> = {
  ...forgotten,
  table: 'app.tombstones',
  about: 'That something was erased, so that it does not come back.',
  columns: {
    shopId: ofTombstone.technical(OURS('the shop')),
    tag: ofTombstone.handle(OURS('keyed digest of a number, an e-mail or a token that was erased')),
    kind: ofTombstone.technical(OURS('what it stands for')),
    requestId: ofTombstone.technical(OURS('the request')),
    erasedAt: ofTombstone.trace(OURS('clock'), {
      export: { withheld: 'Of somebody who was erased nothing can be given.' },
    }),
    blocked: ofTombstone.technical(OURS('how often it turned something away')),
    lastBlockedAt: ofTombstone.technical(OURS('clock')),
  },
};

export const erasureRuns: ModelEntry<'ErasureRun'> = {
  ...request,
  table: 'app.erasure_runs',
  about: 'How far an erasure is: what it removed, and, until it is done, what to look for afterwards.',
  columns: {
    shopId: ofRequest.technical(OURS('the shop')),
    requestId: ofRequest.technical(OURS('the request')),
    erasedAt: ofRequest.trace(OURS('clock')),
    counts: ofRequest.technical(OURS('numbers of rows and keys removed, by table')),
    sealed: sealed('request', {
      customerIds: ofRequest.personal(OURS('the customer numbers that were erased'), 1),
      emails: ofRequest.personal(OURS('the e-mails that were erased'), 2),
      orderIds: ofRequest.personal(OURS('the order numbers that were erased'), 1),
      ids: ofRequest.handle(OURS('our ids of what was erased')),
      refs: ofRequest.handle(OURS('the look-up references of what was erased')),
    }),
  },
};

export const erasureReceipts: ModelEntry<'ErasureReceipt'> = {
  ...request,
  table: 'app.erasure_receipts',
  about: 'The signed proof of an erasure. Nothing in it is about a person.',
  columns: {
    shopId: ofRequest.technical(OURS('the shop')),
    requestId: ofRequest.technical(OURS('the request')),
    issuedAt: ofRequest.trace(OURS('clock')),
    statement: ofRequest.technical(OURS('what was done: numbers, times and names of tables')),
    keyId: ofRequest.technical(OURS('which key signed it')),
    signature: ofRequest.technical(OURS('signature of the statement')),
  },
};

const accessLog = {
  retention: 'access-log',
  erase: {
    how: 'keep',
    reason: 'The record of who looked stays; whose data it was is a random name that goes with that person’s key.',
  },
  basis: 'legitimate-interest',
  purposes: ['security'],
} as const;
const ofAccess = columnsOf(accessLog);

export const accessRecords: ModelEntry<'AccessRecord'> = {
  ...accessLog,
  table: 'app.access_records',
  about: 'Who looked at what, for which purpose.',
  columns: {
    shopId: ofAccess.technical(OURS('the shop')),
    seq: ofAccess.technical(OURS('number in the shop’s chain')),
    at: ofAccess.trace(OURS('clock')),
    recordedAt: ofAccess.trace(OURS('clock of the database')),
    actor: ofAccess.handle(SESSION('keyed digest of the staff member’s id'), { level: 0 }),
    purpose: ofAccess.trace(OURS('stated by the page or by the staff member')),
    page: ofAccess.trace(OURS('which page')),
    outcome: ofAccess.trace(OURS('whether it was opened, failed or denied')),
    reason: ofAccess.trace(OURS('why, chosen from a list')),
    aboutShop: ofAccess.technical(OURS('which shop an operator’s command was about')),
    fields: ofAccess.trace(OURS('which fields were opened')),
    subjects: ofAccess.handle(OURS('random names of the people, carts and orders opened')),
    peopleCount: ofAccess.trace(OURS('how many people it was about')),
    valueCount: ofAccess.trace(OURS('how many values were opened')),
    requestId: ofAccess.technical(OURS('random id of the web request')),
    previousHash: ofAccess.technical(OURS('hash of the record before')),
    hash: ofAccess.technical(OURS('hash of the record')),
  },
};

export const accessChains: ModelEntry<'AccessChain'> = {
  ...accessLog,
  table: 'app.access_chains',
  about: 'The newest link of each shop’s chain of access records.',
  columns: {
    shopId: ofAccess.technical(OURS('the shop')),
    seq: ofAccess.technical(OURS('number of the newest record')),
    hash: ofAccess.technical(OURS('hash of the newest record')),
  },
};

export const accessCheckpoints: ModelEntry<'AccessCheckpoint'> = {
  ...accessLog,
  table: 'app.access_checkpoints',
  about: 'Signed statements of how far a chain of access records had grown.',
  columns: {
    shopId: ofAccess.technical(OURS('the shop')),
    kind: ofAccess.technical(OURS('taken by the clock, or at the end of a retired segment')),
    seq: ofAccess.technical(OURS('number of the record')),
    hash: ofAccess.technical(OURS('hash of the record')),
    madeAt: ofAccess.technical(OURS('clock')),
    note: ofAccess.technical(OURS('the signed statement')),
  },
};

export const accessChecks: ModelEntry<'AccessCheck'> = {
  ...accessLog,
  table: 'app.access_checks',
  about: 'What the last verification of a chain of access records found.',
  columns: {
    shopId: ofAccess.technical(OURS('the shop')),
    checkedAt: ofAccess.technical(OURS('clock')),
    isIntact: ofAccess.technical(OURS('whether nothing was wrong')),
    records: ofAccess.technical(OURS('how many records there were')),
    seq: ofAccess.technical(OURS('number of the newest record')),
    hash: ofAccess.technical(OURS('hash of the newest record')),
    faults: ofAccess.technical(OURS('codes of what was wrong, and from which record on')),
  },
};

/** About the shop's staff at work, in pseudonyms: never about shoppers. */
export const accessReviews: ModelEntry<'AccessReview'> = {
  ...accessLog,
  table: 'app.access_reviews',
  about: 'Unusual access that a second person looks at and signs off.',
  columns: {
    shopId: ofAccess.technical(OURS('the shop')),
    id: ofAccess.technical(OURS('random id')),
    rule: ofAccess.shop(OURS('which rule')),
    actor: ofAccess.handle(OURS('keyed digest of the staff member’s id'), { level: 0 }),
    day: ofAccess.shop(OURS('the day')),
    part: ofAccess.technical(OURS('number, when the same was signed off before')),
    count: ofAccess.shop(OURS('how often')),
    threshold: ofAccess.shop(OURS('from which number on the rule tells')),
    upToSeq: ofAccess.technical(OURS('number of the newest record it is about')),
    foundAt: ofAccess.shop(OURS('clock')),
    dueAt: ofAccess.shop(OURS('when it is to be signed off')),
    reviewedAt: ofAccess.shop(OURS('clock')),
    reviewedBy: ofAccess.handle(OURS('keyed digest of the staff member’s id'), { level: 0 }),
    verdict: ofAccess.shop(MERCHANT('what the reviewer found')),
    reason: ofAccess.shop(MERCHANT('why, chosen from a list')),
  },
};
