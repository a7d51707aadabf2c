import { append, type AccessRecordEntry } from '#app/access/record.ts';
import { type Database, withShop } from '#app/data/with-shop.ts';

/**
 * The chain of what belongs to no shop, kept like a shop's: same table, same triggers, same verification. No shop has this
 * id, and no shop's transaction sees these rows.
 */
export const OPERATORS_CHAIN = '00000000-0000-0000-0000-000000000000';

/** What an operator did, or a job for the whole installation. */
export interface OperatorRecordEntry extends AccessRecordEntry {
  /** The shop a command was about; that shop's own chain says so too. */
  readonly aboutShop?: string;
}

/**
 * Appends one record to the operators' chain, in a transaction of its own: committed when this returns.
 *
 * @throws when it cannot be written: then the command may not run.
 */
export async function writeOperatorRecord(db: Database, entry: OperatorRecordEntry): Promise<void> {
  await withShop(db, OPERATORS_CHAIN, (tx) => append(tx, OPERATORS_CHAIN, entry, entry.aboutShop ?? null));
}
