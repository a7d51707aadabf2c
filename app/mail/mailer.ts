import { createTransport } from 'nodemailer';

/** A mail to one address. It holds nothing of a shopper: it says that something waits, and where to look. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The same for every try, by which a mailbox can tell a repetition from another mail. */
  readonly id: string;
}

/**
 * - `accepted`: the server has taken it.
 * - `refused`: it has said no; nothing was delivered.
 * - `unknown`: the connection ended in between, so that it may have taken it or not.
 */
export type MailOutcome = 'accepted' | 'refused' | 'unknown';

/** Hands a mail to the operator's server. Never throws: an address stands in whatever an error would say. */
export type Mailer = (mail: Mail) => Promise<MailOutcome>;

export interface MailSettings {
  /** `smtps://user:password@host:465`, or `smtp://` for a server that is spoken to in TLS after STARTTLS. */
  readonly smtpUrl: string;
  /** `Cart Insights <privacy@example.com>` */
  readonly from: string;
  /** Without it the password and the mail would cross the network readable. */
  readonly requiresTls: boolean;
}

const TIMEOUT_MS = 20_000;

/** A mailer over SMTP. One connection for each mail: there are a few a day. */
export function createMailer({ smtpUrl, from, requiresTls }: MailSettings): Mailer {
  const transport = createTransport({
    url: smtpUrl,
    requireTLS: requiresTls,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    // Attachments by path or address are for other programs.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = /@([\w.-]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
  return async ({ to, subject, text, id }) => {
    try {
      await transport.sendMail({
        from,
        to: { name: '', address: to },
        subject,
        text,
        messageId: `<${id}@${domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
      return 'accepted';
    } catch (error) {
      return hasRefused(error) ? 'refused' : 'unknown';
    }
  };
}

/** The server said no, or was never spoken to: then it has not taken the mail. */
function hasRefused(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { responseCode, code, syscall } = error as Error & Readonly<Record<string, unknown>>;
  return typeof responseCode === 'number' || syscall === 'connect' || NEVER_SENT.has(String(code));
}

const NEVER_SENT = new Set(['EDNS', 'ETLS', 'EAUTH', 'ENOAUTH', 'EENVELOPE', 'ECONFIG']);
