import type { NoticeKind } from '#app/privacy/notices/notices.ts';
import type { RequestKind } from '#app/privacy/requests/kinds.ts';
import { formatTimeFully } from '#app/ui/format/time.ts';

const ASKED: Readonly<Record<RequestKind, string>> = {
  access: 'a copy of the data held about them',
  portability: 'a copy of the data held about them, to take elsewhere',
  erasure: 'the erasure of the data held about them',
  correction: 'a correction of the data held about them',
  objection: 'that their data is no longer used',
  'shop-erasure': 'the erasure of everything of the shop',
};

const SUBJECTS: Readonly<Record<NoticeKind, (due: string) => string>> = {
  received: (due) => `A privacy request has arrived; answer due ${due}`,
  'ten-days-left': (due) => `Reminder: a privacy request is due ${due}`,
  'three-days-left': (due) => `Last reminder: a privacy request is due ${due}`,
};

/** The mails to the privacy contact. They say that something waits and where, and never whom it is about. */
export function noticeMail(notice: {
  readonly kind: NoticeKind;
  readonly asked: RequestKind;
  readonly shop: string;
  readonly dueAt: Date;
  readonly timeZone: string | null;
  readonly url: string;
}): { subject: string; text: string } {
  const due = formatTimeFully(notice.dueAt.getTime(), notice.timeZone);
  const text = [
    `Somebody asks ${notice.shop} for ${ASKED[notice.asked]}.`,
    '',
    `It has to be answered by ${due}.`,
    '',
    'Open the request in Cart Insights, inside your Shopify admin:',
    notice.url,
    '',
    'This mail says on purpose not whom it is about.',
    'You get it because yours is the address for privacy matters of this shop.',
    '',
  ];
  return { subject: SUBJECTS[notice.kind](due), text: text.join('\n') };
}
