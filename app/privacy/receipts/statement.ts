import type { RunCounts } from '#app/privacy/erasure/run-record.ts';
import type { ResidueScan } from '#app/privacy/residue/scan-residue.ts';

/** The wording of the format; a receipt of another one is not checked by this release. */
export const RECEIPT_FORMAT = 'cart-insights/erasure-receipt/1';

/** What a receipt states. Numbers, times, and names of tables: nothing in it is about a person. */
export interface ReceiptStatement {
  readonly format: typeof RECEIPT_FORMAT;
  readonly kind: 'erasure' | 'shop-erasure';
  readonly shop: string;
  readonly request: {
    readonly id: string;
    readonly source: string;
    readonly topic: string | null;
    readonly receivedAt: string;
    readonly dueAt: string;
  };
  /** False where nothing was held, so that there was nothing to erase. */
  readonly held: boolean;
  /** When rows and keys were destroyed; null where nothing was held. */
  readonly erasedAt: string | null;
  readonly issuedAt: string;
  /** Which version of the registry said what belongs to a person. */
  readonly registry: string;
  readonly tables: RunCounts['tables'];
  readonly keysDestroyed: number;
  readonly tombstones: number;
  readonly inbox: { readonly dropped: number; readonly unopened: number };
  /** The check afterwards, by code that does not read the registry. Null where nothing was held. */
  readonly scan: Omit<ResidueScan, 'places'> | null;
  /** What came back until the receipt was issued, and was turned away. */
  readonly blockedReturns: number;
  readonly copies: {
    /** The day on which the last key of the inbox is destroyed that could open a webhook of this person. */
    readonly lastInboxKeyGone: string | null;
    /** The day on which the last backup is gone that could hold the person, as the operator states it; null where nothing is stated. */
    readonly lastBackupGone: string | null;
  };
  /** What is kept of a shop that was erased. */
  readonly kept?: readonly string[];
}

export interface SignedReceipt {
  readonly statement: ReceiptStatement;
  readonly keyId: string;
  /** Ed25519 (RFC 8032) over the statement as {@link canonicalJson} writes it, in Base64. */
  readonly signature: string;
}

/**
 * The one way to write a JSON value: keys in order of their code units, no white space. Numbers are integers.
 *
 * @throws TypeError for what has no such form.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(',')}}`;
  }
  throw new TypeError('No JSON');
}
