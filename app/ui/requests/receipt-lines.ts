import type { ReceiptFacts } from '#app/privacy/receipts/facts.ts';
import { formatTimeFully } from '#app/ui/format/time.ts';
import { checkReceiptTexts } from '#app/ui/texts/check-receipt.ts';
import { requests } from '#app/ui/texts/requests.ts';

const t = requests.receipt;
const c = checkReceiptTexts;

/** What a receipt says was done, a line each; without the tables. */
export function deedLines(facts: ReceiptFacts, timeZone: string | null): string[] {
  if (facts.erasedAtMs === null) return [t.nothing];
  return [
    `${t.erasedAt} ${formatTimeFully(facts.erasedAtMs, timeZone)}`,
    t.keys(facts.keysDestroyed),
    ...(facts.scan === null ? [] : [t.scan(facts.scan.hits, facts.scan.compared)]),
    t.blocked(facts.blockedReturns),
    ...(facts.lastInboxKeyGone === null ? [] : [t.inbox(facts.lastInboxKeyGone)]),
    facts.lastBackupGone === null ? t.noBackup : t.backup(facts.lastBackupGone),
  ];
}

/** Everything that a receipt states, for somebody who has nothing but the receipt. */
export function statementLines(facts: ReceiptFacts, timeZone: string | null): string[] {
  return [
    c.kinds[facts.kind],
    c.shop(facts.shop),
    c.asked(formatTimeFully(facts.receivedAtMs, timeZone)),
    ...deedLines(facts, timeZone),
    ...facts.tables.map(({ table, before, after }) => c.table(table, before, after)),
    c.issued(formatTimeFully(facts.issuedAtMs, timeZone)),
  ];
}
