import type { KeyStore } from '#app/data/keys.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { withShop, type Database, type ShopTx } from '#app/data/with-shop.ts';
import type { Mailer, MailOutcome } from '#app/mail/mailer.ts';
import { openRow } from '#app/privacy/agreements/seals.ts';
import type { NoticeKind } from '#app/privacy/notices/notices.ts';
import type { RequestKind } from '#app/privacy/requests/kinds.ts';
import { noticeMail } from '#app/ui/texts/notices.ts';

export interface NoticeServices {
  readonly db: Database;
  readonly keyStore: KeyStore;
  /** Null where the operator has no mail server: notices then show in the app alone. */
  readonly mailer: Mailer | null;
  /** Address of a page of the app inside the shop's admin. */
  readonly adminUrl: (shopDomain: string, path: string) => string;
  readonly clock: () => Date;
}

/** A server that says no is asked this often, an hour apart; a fate that is unknown is risked twice. */
const MAX_TRIES = 5;
const MAX_UNKNOWN = 2;
const HOUR_MS = 3_600_000;
/** A notice that has been in hand for so long was left there by a program that died. */
const IN_HAND_MS = 10 * 60_000;
const BATCH = 20;

interface Claimed {
  readonly id: string;
  readonly requestId: string;
  readonly kind: NoticeKind;
  readonly unanswered: number;
  readonly requestKind: RequestKind;
  readonly dueAt: Date;
}

/**
 * Sends what waits for the shop's privacy contact.
 *
 * A notice is marked as in hand, committed, then given to the mail server, then marked as sent. Whoever dies in between
 * leaves it in hand, and it is sent once more: the contact gets a mail at most twice, and the second has the same
 * Message-ID. Refusals delivered nothing and do not count towards that.
 *
 * @returns how many were sent.
 */
export async function sendNotices(services: NoticeServices, shopId: string): Promise<number> {
  const { db, keyStore, mailer, clock } = services;
  const contact = mailer === null ? null : await withShop(db, shopId, (tx) => contactOf(tx, keyStore, shopId));
  if (mailer === null || contact === null) {
    await withShop(db, shopId, (tx) => showOnly(tx, shopId, clock()));
    return 0;
  }
  let sent = 0;
  for (const claimed of await withShop(db, shopId, (tx) => claim(tx, shopId, clock()))) {
    const outcome = await mailer({
      to: contact.email,
      id: claimed.id,
      ...noticeMail({
        kind: claimed.kind,
        asked: claimed.requestKind,
        shop: contact.domain,
        dueAt: claimed.dueAt,
        timeZone: contact.timeZone,
        url: services.adminUrl(contact.domain, `/app/requests/${claimed.requestId}`),
      }),
    });
    await withShop(db, shopId, (tx) => settle(tx, shopId, claimed, outcome, clock()));
    if (outcome === 'accepted') sent += 1;
  }
  return sent;
}

async function contactOf(tx: ShopTx, keyStore: KeyStore, shopId: string) {
  const [shop, row] = [
    await tx.shop.findUnique({ where: { id: shopId }, select: { domain: true, timeZone: true } }),
    await tx.privacyContact.findUnique({ where: { shopId }, select: { sealed: true } }),
  ];
  if (shop === null || row === null) return null;
  const keys = await keyStore.shopKeys(sqlTxOfPrisma(tx), shopId);
  return { ...shop, email: openRow(keys, shopId, 'privacy_contacts', shopId, row.sealed).email };
}

/** Takes what is to be sent now into hand. What was left in hand too often is given up. */
async function claim(tx: ShopTx, shopId: string, now: Date): Promise<Claimed[]> {
  const sql = sqlTxOfPrisma(tx);
  const leftAt = new Date(now.getTime() - IN_HAND_MS);
  await sql.query(
    `UPDATE app.notices SET state = 'uncertain'
     WHERE shop_id = $1::uuid AND state = 'sending' AND tried_at < $2::timestamptz AND unanswered >= $3::int`,
    [shopId, leftAt, MAX_UNKNOWN],
  );
  return sql.query<Claimed>(
    `UPDATE app.notices n SET state = 'sending', tries = n.tries + 1, unanswered = n.unanswered + 1, tried_at = $2::timestamptz
     FROM app.privacy_requests r
     WHERE n.shop_id = $1::uuid AND r.shop_id = n.shop_id AND r.id = n.request_id AND n.id IN (
       SELECT due.id FROM app.notices due
       WHERE due.shop_id = $1::uuid AND (
         (due.state = 'waiting' AND (due.tried_at IS NULL OR due.tried_at < $3::timestamptz))
         OR (due.state = 'sending' AND due.tried_at < $4::timestamptz))
       ORDER BY due.written_at LIMIT $5::int FOR UPDATE SKIP LOCKED)
     RETURNING n.id, n.request_id AS "requestId", n.kind, n.unanswered, r.kind AS "requestKind", r.due_at AS "dueAt"`,
    [shopId, now, new Date(now.getTime() - HOUR_MS), leftAt, BATCH],
  );
}

async function settle(tx: ShopTx, shopId: string, { id, unanswered }: Claimed, outcome: MailOutcome, now: Date) {
  // A fate that is unknown stays in hand, as if the program had died here: it is risked once more, later.
  if (outcome === 'unknown' && unanswered < MAX_UNKNOWN) return;
  await sqlTxOfPrisma(tx).query(
    `UPDATE app.notices SET
       state = CASE WHEN $3 = 'accepted' THEN 'sent' WHEN $3 = 'unknown' THEN 'uncertain'
         WHEN tries >= $5::int THEN 'failed' ELSE 'waiting' END,
       unanswered = CASE WHEN $3 = 'refused' THEN unanswered - 1 ELSE unanswered END,
       sent_at = CASE WHEN $3 = 'accepted' THEN $4::timestamptz END
     WHERE shop_id = $1::uuid AND id = $2::uuid AND state = 'sending'`,
    [shopId, id, outcome, now, MAX_TRIES],
  );
}

/** Without a way to send, the page is where they are read; a server that is set up later gets the new ones only. */
async function showOnly(tx: ShopTx, shopId: string, now: Date): Promise<void> {
  await sqlTxOfPrisma(tx).query(
    `UPDATE app.notices SET state = 'shown', tried_at = $2::timestamptz WHERE shop_id = $1::uuid AND state = 'waiting'`,
    [shopId, now],
  );
}
