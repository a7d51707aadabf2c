import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createMailer, type Mail } from '#app/mail/mailer.ts';
import { type Mailbox, startMailbox } from '#test/shopify/mailbox.ts';

const MAIL: Mail = { to: 'privacy@clay.example', subject: 'A request – today', text: 'Look at it.\n', id: 'notice-1' };
const from = 'Cart Insights <app@insights.example>';

let mailbox: Mailbox;
beforeEach(async () => {
  mailbox = await startMailbox();
});
afterEach(() => mailbox.close());

const send = (requiresTls = false, smtpUrl = mailbox.url) => createMailer({ smtpUrl, from, requiresTls })(MAIL);

describe('a mail', () => {
  it('reaches the address with a name by which a repetition is known', async () => {
    expect(await send()).toBe('accepted');
    expect(mailbox.mails).toMatchObject([
      {
        to: ['privacy@clay.example'],
        headers: { from, 'message-id': '<notice-1@insights.example>', 'auto-submitted': 'auto-generated' },
        text: expect.stringContaining('Look at it.'),
      },
    ]);
  });

  it('is refused when the server says no, or is not there', async () => {
    mailbox.trouble('refuse');
    expect(await send()).toBe('refused');
    expect(await send(false, 'smtp://127.0.0.1:1')).toBe('refused');
    expect(mailbox.mails).toEqual([]);
  });

  it('has an unknown fate when the connection ends before the answer', async () => {
    mailbox.trouble('take-and-hang-up');
    expect(await send()).toBe('unknown');
    expect(mailbox.mails).toHaveLength(1);
  });

  it('is not sent in clear text where TLS is asked for', async () => {
    expect(await send(true)).toBe('refused');
    expect(mailbox.mails).toEqual([]);
  });
});
