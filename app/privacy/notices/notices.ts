import { v7 as uuidv7 } from 'uuid';

import type { SqlTx } from '#app/data/sql-tx.ts';
import type { RequestKind, RequestSource } from '#app/privacy/requests/kinds.ts';
import { OPEN } from '#app/privacy/requests/states.ts';

/** What the privacy contact is told: that a request came, and twice that its time runs out. */
export type NoticeKind = 'received' | 'ten-days-left' | 'three-days-left';

/**
 * - `waiting`: to be sent.
 * - `sending`: handed to the mail server, whose answer is not known yet; a crash leaves it here.
 * - `sent`, `shown`: done; the second where the operator has no mail server or the shop no contact, and for what comes through
 *   the public page beyond {@link MAILED_A_DAY}.
 * - `uncertain`: handed over twice and both times without an answer; not tried again.
 * - `failed`: the server refused it as often as it was tried.
 */
export type NoticeState = 'waiting' | 'sending' | 'sent' | 'shown' | 'uncertain' | 'failed';

const DAY_MS = 86_400_000;
/** Of Shopify's thirty days: the 20th and the 27th. */
const DAYS_LEFT: readonly (readonly [NoticeKind, number])[] = [
  ['ten-days-left', 10],
  ['three-days-left', 3],
];

/** What strangers write mails about, at most: of the rest the page alone tells. Anybody can fill in the public form. */
const MAILED_A_DAY = 5;

interface OpenRequest {
  readonly id: string;
  readonly kind: RequestKind;
  readonly source: RequestSource;
  readonly receivedAt: Date;
  readonly dueAt: Date;
}

/** What the contact has to be told of a request by now. Nobody is told of what they have begun themselves. */
function dueNotices({ kind, source, dueAt }: OpenRequest, now: Date): NoticeKind[] {
  // The shop is gone: there is nobody left to tell, and nothing for them to do.
  if (kind === 'shop-erasure') return [];
  const leftMs = dueAt.getTime() - now.getTime();
  const reminders = DAYS_LEFT.flatMap(([notice, days]) => (leftMs <= days * DAY_MS ? [notice] : []));
  // Of two reminders that are due at once, after the worker was away, the later one says it all.
  return [...(source === 'merchant' ? [] : (['received'] as const)), ...reminders.slice(-1)];
}

/**
 * Writes down what has to be told of the shop's open requests. Each notice of a request is written once for each time
 * it is due; a request that gets more time is reminded of again.
 *
 * @returns how many are new.
 */
export async function writeDueNotices(tx: SqlTx, shopId: string, now: Date): Promise<number> {
  const requests = await tx.query<OpenRequest>(
    `SELECT id, kind, source, received_at AS "receivedAt", due_at AS "dueAt" FROM app.privacy_requests
     WHERE shop_id = $1::uuid AND state = ANY ($2::text[]) ORDER BY received_at, id`,
    [shopId, OPEN],
  );
  let mailsLeft = MAILED_A_DAY - (await countForStrangers(tx, shopId, now));
  let written = 0;
  for (const request of requests) {
    for (const kind of dueNotices(request, now)) {
      const about = kind === 'received' ? request.receivedAt : request.dueAt;
      const isForStranger = request.source === 'individual';
      const state: NoticeState = isForStranger && mailsLeft <= 0 ? 'shown' : 'waiting';
      const rows = await tx.query(
        `INSERT INTO app.notices (shop_id, id, request_id, kind, about_at, written_at, state)
         VALUES ($1::uuid, $2::uuid, $3::uuid, $4, $5::timestamptz, $6::timestamptz, $7)
         ON CONFLICT (shop_id, request_id, kind, about_at) DO NOTHING RETURNING 1`,
        [shopId, uuidv7(), request.id, kind, about, now, state],
      );
      written += rows.length;
      if (isForStranger) mailsLeft -= rows.length;
    }
  }
  return written;
}

/** Notices of the last day about what came through the public page, in whatever state they are. */
async function countForStrangers(tx: SqlTx, shopId: string, now: Date): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `SELECT count(*)::int AS count
     FROM app.notices n JOIN app.privacy_requests r ON r.shop_id = n.shop_id AND r.id = n.request_id
     WHERE n.shop_id = $1::uuid AND r.source = 'individual' AND n.written_at > $2::timestamptz`,
    [shopId, new Date(now.getTime() - DAY_MS)],
  );
  return row?.count ?? 0;
}

/** A notice as the Requests page lists it. */
export interface NoticeView {
  readonly id: string;
  readonly requestId: string;
  readonly kind: NoticeKind;
  readonly state: NoticeState;
  readonly writtenAt: Date;
  readonly sentAt: Date | null;
}

const LISTED_AT_MOST = 20;

/** The newest notices of requests that are still open, a page full. */
export async function listNotices(tx: SqlTx, shopId: string): Promise<NoticeView[]> {
  return tx.query<NoticeView>(
    `SELECT n.id, n.request_id AS "requestId", n.kind, n.state, n.written_at AS "writtenAt", n.sent_at AS "sentAt"
     FROM app.notices n JOIN app.privacy_requests r ON r.shop_id = n.shop_id AND r.id = n.request_id
     WHERE n.shop_id = $1::uuid AND r.state = ANY ($2::text[]) ORDER BY n.written_at DESC, n.id DESC LIMIT $3::int`,
    [shopId, OPEN, LISTED_AT_MOST],
  );
}
