import { columnsOf, OURS } from '#app/privacy/registry/entry.ts';
import type { ModelEntry } from '#app/privacy/registry/models.ts';

/** Keys, wrapped. Without the key-encryption key, which is never in the database, they open nothing. */

const keys = {
  retention: 'key',
  erase: { how: 'keep', reason: 'A shop’s or a day’s key is nobody’s; it goes with the shop or the day.' },
  basis: 'legitimate-interest',
  purposes: ['security'],
} as const;
const of = columnsOf(keys);

const subject = { ...keys, erase: { how: 'delete-row' } } as const;
const ofSubject = columnsOf(subject);

export const kekChecks: ModelEntry<'KekCheck'> = {
  ...keys,
  table: 'keys.kek_checks',
  about: 'A known value under each key-encryption key.',
  columns: {
    kekId: of.technical(OURS('name of the key-encryption key')),
    checkValue: of.technical(OURS('known value under that key')),
    createdAt: of.technical(OURS('clock')),
  },
};

export const shopKeys: ModelEntry<'ShopKey'> = {
  ...keys,
  table: 'keys.shop_keys',
  about: 'A shop’s keys by purpose and version.',
  columns: {
    shopId: of.technical(OURS('the shop')),
    purpose: of.technical(OURS('what the key is for')),
    version: of.technical(OURS('version')),
    kekId: of.technical(OURS('which key-encryption key wraps it')),
    wrapped: of.technical(OURS('wrapped secret')),
    createdAt: of.technical(OURS('clock')),
    retiredAt: of.technical(OURS('clock')),
  },
};

export const subjectKeys: ModelEntry<'SubjectKey'> = {
  ...subject,
  table: 'keys.subject_keys',
  about:
    'The key of one cart, checkout, person, order or request: erasing deletes the row, and what it sealed is gone.',
  columns: {
    shopId: ofSubject.technical(OURS('the shop')),
    scope: ofSubject.technical(OURS('kind of subject')),
    subjectId: ofSubject.handle(OURS('id of the subject')),
    version: ofSubject.technical(OURS('version')),
    shopKeyVersion: ofSubject.technical(OURS('which shop key wraps it')),
    wrapped: ofSubject.technical(OURS('wrapped secret')),
    pseudonym: ofSubject.handle(OURS('random name in access records')),
    createdAt: ofSubject.technical(OURS('clock')),
  },
};

export const keyRotations: ModelEntry<'KeyRotation'> = {
  ...keys,
  table: 'keys.rotations',
  about: 'How far a rotation of keys has come.',
  columns: {
    name: of.technical(OURS('which keys are rotated')),
    step: of.technical(OURS('what is being done')),
    cursor: of.technical(OURS('where to go on: ids and times of ours')),
    target: of.technical(OURS('version to reach')),
    done: of.technical(OURS('how many were rotated')),
    startedAt: of.technical(OURS('clock')),
    stepAt: of.technical(OURS('clock')),
    updatedAt: of.technical(OURS('clock')),
    finishedAt: of.technical(OURS('clock')),
  },
};

export const inboxDays: ModelEntry<'InboxDay'> = {
  ...keys,
  retention: 'inbox',
  table: 'keys.inbox_days',
  about: 'One secret a day for the inbox, destroyed with the day’s partition.',
  columns: {
    day: of.technical(OURS('the day')),
    kekId: of.technical(OURS('which key-encryption key wraps it')),
    wrapped: of.technical(OURS('wrapped secret')),
    createdAt: of.technical(OURS('clock')),
  },
};

export const signingKeys: ModelEntry<'SigningKey'> = {
  ...keys,
  retention: 'permanent',
  table: 'keys.signing_keys',
  about: 'The keys that sign checkpoints and receipts; retired ones still prove what they signed.',
  columns: {
    keyId: of.technical(OURS('digest of the public key')),
    publicKey: of.technical(OURS('public key')),
    kekId: of.technical(OURS('which key-encryption key wraps it')),
    wrapped: of.technical(OURS('wrapped secret')),
    createdAt: of.technical(OURS('clock')),
    retiredAt: of.technical(OURS('clock')),
  },
};
