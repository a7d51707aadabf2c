import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import type { ShopTx } from '#app/data/with-shop.ts';
import { AppError } from '#app/errors.ts';
import type { AccessPurpose } from '#app/privacy/purposes.ts';

/**
 * What came of it. `started` and `done` stand around an operator's command or a job; `failed` is a value that did not open,
 * or a command that broke off; `denied` is somebody who asked and may not; `retired` is the removal of old records.
 */
export type Outcome = 'opened' | 'started' | 'done' | 'failed' | 'denied' | 'retired';

/** Who looked at what, for which purpose: as it stands in the log, without a name or a value. */
export interface AccessRecordEntry {
  readonly at: Date;
  /** {@link staffActor} of who looked; `operator:<name>` or `system:<job>` for machine work; `link:<id>` for a person. */
  readonly actor: string;
  readonly purpose: AccessPurpose;
  readonly page: string;
  /** What was opened: names of the registry, or their beginning (`app.cart_states.sealed.lines` for all of a line). */
  readonly fields: readonly string[];
  /** The random pseudonyms of whose data it was. They die with the subject's key. */
  readonly subjects: readonly Buffer[];
  /** How many different people it was about, where that is known: carts and orders have pseudonyms of their own. */
  readonly peopleCount?: number;
  readonly valueCount: number;
  readonly requestId: string;
  /** Default: opened. */
  readonly outcome?: Outcome;
  /** Why, where one was asked for: a word from a list, never a text somebody typed. */
  readonly reason?: string;
}

/**
 * Appends one record to the shop's chain, in the caller's transaction. Records are never updated; only whole old segments
 * are removed. The chain is held until the transaction ends, so this comes last in it.
 *
 * @throws AppError `access.unrecorded` when the transaction is not the shop's, or the record cannot be written: then
 *   nothing may be given out.
 */
export async function writeAccessRecord(tx: ShopTx, shopId: string, entry: AccessRecordEntry): Promise<void> {
  try {
    await append(tx, shopId, entry, null);
  } catch (cause) {
    throw new AppError('access.unrecorded', { cause });
  }
}

/** {@link writeAccessRecord}; the operators' chain also says which shop a record is about. @returns its number. */
export async function append(
  tx: ShopTx,
  chainId: string,
  entry: AccessRecordEntry,
  aboutShop: string | null,
): Promise<bigint> {
  const rows = await sqlTxOfPrisma(tx).query<{ seq: bigint }>(
    `SELECT app.append_access_record($1::uuid, $2::timestamptz, $3, $4, $5, $6, $7, $8::uuid, $9::text[], $10::text[],
       $11::int, $12::int, $13) AS seq`,
    [
      chainId,
      entry.at,
      entry.actor,
      entry.purpose,
      entry.page,
      entry.outcome ?? 'opened',
      entry.reason ?? null,
      aboutShop,
      entry.fields,
      entry.subjects.map((pseudonym) => pseudonym.toString('hex')),
      entry.peopleCount ?? null,
      entry.valueCount,
      entry.requestId,
    ],
  );
  const seq = rows[0]?.seq;
  if (seq === undefined) throw new Error('The access record was not written');
  return seq;
}
