import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A mail as it arrived, headers by their names in lower case. */
export interface ReceivedMail {
  readonly to: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Everything that crossed the wire. */
  readonly raw: string;
}

/** What the next mails meet: refused after RCPT, or taken and then the connection ends before the answer. */
export type MailTrouble = 'refuse' | 'take-and-hang-up';

/** A mail server that keeps everything and delivers nothing. */
export interface Mailbox {
  /** For SMTP_URL. */
  readonly url: string;
  readonly mails: readonly ReceivedMail[];
  trouble(kind: MailTrouble, times?: number): void;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1 and speaks as much SMTP as a mail needs (RFC 5321), without TLS. */
export async function startMailbox(port = 0): Promise<Mailbox> {
  const mails: ReceivedMail[] = [];
  const troubles: MailTrouble[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    converse(socket, mails, () => troubles.shift());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `smtp://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    mails,
    trouble: (kind, times = 1) => {
      for (let left = times; left > 0; left -= 1) troubles.push(kind);
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function converse(socket: Socket, mails: ReceivedMail[], nextTrouble: () => MailTrouble | undefined): void {
  let buffered = '';
  let recipients: string[] = [];
  let isData = false;
  let trouble: MailTrouble | undefined;
  const say = (line: string) => socket.write(`${line}\r\n`);
  const take = (raw: string) => {
    mails.push(parseMail(raw, recipients));
    if (trouble === 'take-and-hang-up') socket.destroy();
    else say('250 taken');
  };
  const command = (line: string) => {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'EHLO' || verb === 'HELO') say('250 mailbox');
    else if (verb === 'MAIL') {
      recipients = [];
      trouble = nextTrouble();
      say('250 ok');
    } else if (verb === 'RCPT') {
      recipients.push(/<([^>]*)>/.exec(line)?.[1] ?? '');
      say(trouble === 'refuse' ? '550 no such mailbox' : '250 ok');
    } else if (verb === 'DATA') {
      isData = true;
      say('354 go ahead');
    } else if (verb === 'QUIT') {
      say('221 bye');
      socket.end();
    } else say(verb === 'RSET' || verb === 'NOOP' ? '250 ok' : '502 not here');
  };
  socket.setEncoding('utf8');
  socket.on('data', (chunk) => {
    buffered += String(chunk);
    for (;;) {
      const end = isData ? '\r\n.\r\n' : '\r\n';
      const at = buffered.indexOf(end);
      if (at < 0) return;
      const text = buffered.slice(0, at);
      buffered = buffered.slice(at + end.length);
      if (isData) {
        isData = false;
        take(text);
      } else command(text);
    }
  });
  say('220 mailbox');
}

function parseMail(raw: string, to: readonly string[]): ReceivedMail {
  const split = raw.indexOf('\r\n\r\n');
  const unfolded = raw.slice(0, split).replace(/\r\n[ \t]+/g, ' ');
  const headers = Object.fromEntries(
    unfolded.split('\r\n').flatMap((line) => {
      const colon = line.indexOf(':');
      return colon < 1 ? [] : [[line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const];
    }),
  );
  return { to: [...to], headers, text: decode(raw.slice(split + 4), headers), raw };
}

function decode(body: string, headers: Readonly<Record<string, string>>): string {
  const encoding = headers['content-transfer-encoding']?.toLowerCase();
  const undotted = body.replace(/^\.\./gm, '.');
  if (encoding === 'base64') return Buffer.from(undotted, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return undotted;
  const bytes = undotted
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
