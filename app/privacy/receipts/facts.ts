import { z } from 'zod';

import { checkReceipt, MAX_RECEIPT_CHARS, type ReceiptCheck } from '#app/privacy/receipts/check.ts';
import type { ReceiptStatement } from '#app/privacy/receipts/statement.ts';

/** What a receipt states, as a page shows it. Times are milliseconds since 1970. */
export interface ReceiptFacts extends Pick<ReceiptStatement, 'kind' | 'shop' | 'keysDestroyed' | 'blockedReturns'> {
  readonly receivedAtMs: number;
  readonly issuedAtMs: number;
  /** Null where nothing was held. */
  readonly erasedAtMs: number | null;
  /** Only those in which there was something. */
  readonly tables: ReceiptStatement['tables'];
  readonly scan: { readonly hits: number; readonly compared: number } | null;
  readonly lastInboxKeyGone: string | null;
  readonly lastBackupGone: string | null;
}

/** An answer about a receipt: what it states is repeated only where we signed it. */
export interface ExaminedReceipt {
  readonly check: ReceiptCheck;
  readonly facts: ReceiptFacts | null;
}

export function factsOf(statement: ReceiptStatement): ReceiptFacts {
  const { kind, shop, request, issuedAt, erasedAt, tables, keysDestroyed, scan, blockedReturns, copies } = statement;
  return {
    kind,
    shop,
    keysDestroyed,
    blockedReturns,
    receivedAtMs: Date.parse(request.receivedAt),
    issuedAtMs: Date.parse(issuedAt),
    erasedAtMs: erasedAt === null ? null : Date.parse(erasedAt),
    tables: tables.filter(({ before, after }) => before + after > 0),
    scan: scan === null ? null : { hits: scan.hits, compared: scan.compared },
    lastInboxKeyGone: copies.lastInboxKeyGone,
    lastBackupGone: copies.lastBackupGone,
  };
}

const holder = z.object({ statement: z.custom<ReceiptStatement>() });

/** {@link checkReceipt}, and what a genuine receipt states. A byte order mark before it, as some editors write one, is no change. */
export function examineReceipt(given: string, publicKeys: ReadonlyMap<string, Buffer>): ExaminedReceipt {
  const text = given.replace(/^\uFEFF/, '');
  const check = checkReceipt(text, publicKeys);
  // What we signed has the form in which we wrote it.
  return { check, facts: check === 'genuine' ? factsOf(holder.parse(JSON.parse(text)).statement) : null };
}

const FORM_MAX_BYTES = MAX_RECEIPT_CHARS + 10_000;

/** The receipt in a form: a file that was chosen, else the text that was pasted; null when the form is not one of ours. */
export async function getReceiptText(request: Request): Promise<string | null> {
  const announced = Number(request.headers.get('content-length') ?? NaN);
  if (!(announced <= FORM_MAX_BYTES)) return null;
  try {
    const form = await request.formData();
    const file = form.get('file');
    if (file instanceof File && file.size > 0) return await file.text();
    const text = form.get('text');
    return typeof text === 'string' ? text : null;
  } catch {
    return null;
  }
}
