/** What the privacy contact is told, over the wire, whatever happens in between. */
import { randomUUID } from 'node:crypto';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { withShop } from '#app/data/with-shop.ts';
import { createMailer, type Mailer } from '#app/mail/mailer.ts';
import { listNotices, writeDueNotices } from '#app/privacy/notices/notices.ts';
import { sendNotices } from '#app/privacy/notices/send.ts';
import { createRequest } from '#app/privacy/requests/create.ts';
import { extendRequest, refuseRequest } from '#app/privacy/requests/move.ts';
import { NOBODY } from '#app/privacy/requests/subject.ts';
import { type Mailbox, startMailbox } from '#test/shopify/mailbox.ts';
import { onboardShop } from '#test/support/pipeline.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';

const OWNER = { staffId: '1', name: 'Owner', verifiedEmail: 'owner@clay.example', isAccountOwner: true };
const CONTACT = 'privacy@clay.example';
const RECEIVED = new Date('2026-04-01T10:00:00Z');
const DAY_MS = 86_400_000;
const from = 'Cart Insights <app@insights.example>';

let world: ShopWorld;
let mailbox: Mailbox;
let shopId: string;
let domain: string;
let now: Date;

beforeAll(async () => {
  world = await openShopWorld();
});
beforeEach(async () => {
  mailbox = await startMailbox();
  domain = `clay-${randomUUID().slice(0, 8)}.myshopify.com`;
  shopId = await onboardShop(world, domain, OWNER, CONTACT);
  now = RECEIVED;
});
afterEach(() => mailbox.close());
afterAll(() => world.close());

const mailer = () => createMailer({ smtpUrl: mailbox.url, from, requiresTls: false });
const services = (send: Mailer | null = mailer()) => ({
  db: world.db,
  keyStore: world.keyStore,
  mailer: send,
  adminUrl: (shop: string, path: string) => `https://${shop}/admin/apps/key${path}`,
  clock: () => now,
});
const inShop = <T>(work: (sql: ReturnType<typeof sqlTxOfPrisma>) => Promise<T>) =>
  withShop(world.db, shopId, (tx) => work(sqlTxOfPrisma(tx)));
const ask = (source: 'merchant' | 'individual' = 'individual') =>
  inShop((sql) =>
    createRequest(sql, world.keyStore, shopId, {
      kind: 'access',
      source,
      regime: 'gdpr',
      scope: 'everything',
      subject: { ...NOBODY, emails: ['amina.okafor@example.com'], customerIds: ['7204418805921'] },
      receivedAt: RECEIVED,
      actor: 'individual',
    }),
  );
/** A run of the clock, so many days after the request came. */
async function onDay(day: number, send: Mailer | null = mailer()): Promise<void> {
  now = new Date(RECEIVED.getTime() + day * DAY_MS + 60_000);
  await inShop((sql) => writeDueNotices(sql, shopId, now));
  await sendNotices(services(send), shopId);
}
const subjects = () => mailbox.mails.map(({ headers }) => headers['subject']?.split(';')[0]?.split(' is due')[0]);
const states = async () => (await inShop((sql) => listNotices(sql, shopId))).map(({ state }) => state);

describe('the privacy contact', () => {
  it('gets a mail at receipt, ten days and three days before the time is up, each once', async () => {
    await ask();
    for (let day = 0; day <= 30; day += 1) await onDay(day);
    expect(subjects()).toEqual([
      'A privacy request has arrived',
      'Reminder: a privacy request',
      'Last reminder: a privacy request',
    ]);
    expect(mailbox.mails.every(({ to }) => to.join() === CONTACT)).toBe(true);
    expect(await states()).toEqual(['sent', 'sent', 'sent']);
  });

  it('is told what is asked and where to look, and never whom it is about', async () => {
    const id = await ask();
    for (const day of [0, 20, 27]) await onDay(day);
    expect(mailbox.mails).toHaveLength(3);
    for (const { text, raw } of mailbox.mails) {
      expect(text).toContain(`https://${domain}/admin/apps/key/app/requests/${id}`);
      expect(text).toContain('a copy of the data held about them');
      expect(raw).not.toMatch(/amina|okafor|7204418805921/i);
    }
  });

  it('is not told of what staff began, but reminded of it; nor of what is closed', async () => {
    const id = await ask('merchant');
    await onDay(0);
    expect(subjects()).toEqual([]);
    await onDay(21);
    expect(subjects()).toEqual(['Reminder: a privacy request']);
    await inShop((sql) => refuseRequest(sql, shopId, id, 'unfounded', { actor: 'staff:test', at: now }));
    await onDay(28);
    expect(subjects()).toHaveLength(1);
  });

  it('is reminded again when a request was given more time', async () => {
    const id = await ask('merchant');
    await onDay(21);
    await inShop((sql) => extendRequest(sql, shopId, id, 'complexity', { actor: 'staff:test', at: now }));
    await onDay(22);
    await onDay(82);
    expect(subjects()).toEqual(['Reminder: a privacy request', 'Reminder: a privacy request']);
  });
});

describe('a mail that goes wrong', () => {
  it('is tried again an hour after it was refused, five times', async () => {
    await ask();
    mailbox.trouble('refuse', 10);
    for (let tries = 0; tries < 8; tries += 1) {
      await onDay(0);
      await onDay(0.02);
      await onDay(tries / 20);
    }
    expect(mailbox.mails).toEqual([]);
    expect(await states()).toEqual(['failed']);
  });

  it('gets through when the server comes to its senses', async () => {
    await ask();
    mailbox.trouble('refuse', 1);
    await onDay(0);
    expect(await states()).toEqual(['waiting']);
    await onDay(0.1);
    expect(await states()).toEqual(['sent']);
    expect(mailbox.mails).toHaveLength(1);
  });

  it('whose fate is unknown is sent at most once more, under the same name', async () => {
    await ask();
    mailbox.trouble('take-and-hang-up', 5);
    for (const day of [0, 0.01, 0.1, 0.2, 0.3, 0.5, 1]) await onDay(day);
    expect(mailbox.mails).toHaveLength(2);
    expect(new Set(mailbox.mails.map(({ headers }) => headers['message-id'])).size).toBe(1);
    expect(await states()).toEqual(['uncertain']);
  });

  it('when the program dies after the server took it, is sent once more and no more', async () => {
    await ask();
    const deaf: Mailer = async (mail) => {
      await mailer()(mail);
      throw new Error('died');
    };
    for (const day of [0, 0.01, 0.1, 0.2, 0.3]) await onDay(day, deaf).catch(() => undefined);
    await onDay(0.5);
    expect(mailbox.mails).toHaveLength(2);
  });

  it('is sent by one of two workers', async () => {
    await ask();
    await inShop((sql) => writeDueNotices(sql, shopId, now));
    const sent = await Promise.all([sendNotices(services(), shopId), sendNotices(services(), shopId)]);
    expect(sent.sort()).toEqual([0, 1]);
    expect(mailbox.mails).toHaveLength(1);
  });
});

describe('without a mail server', () => {
  it('notices show in the app, and are not sent later', async () => {
    await ask();
    await onDay(0, null);
    expect(await states()).toEqual(['shown']);
    await onDay(0.1);
    expect(mailbox.mails).toEqual([]);
  });
});
