import type { KeyStore } from '#app/data/keys.ts';
import type { SubjectScope } from '#app/data/subject-scope.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import type { Look } from '#app/privacy/package/document.ts';
import { packageTexts } from '#app/ui/texts/access-package.ts';

/** What is known of a member of staff by the name they have in access records. */
export type StaffLookup = (actor: string) => { readonly role: string | null; readonly name: string | null };

/** Ids of what is about one person, by the kind of key it has. */
export type SubjectIds = Readonly<Partial<Record<SubjectScope, readonly string[]>>>;

interface RecordRow {
  readonly at: Date;
  readonly actor: string;
  readonly purpose: string;
  readonly page: string;
  readonly fields: readonly string[];
}

/**
 * Every access record that names one of these subjects: when, for which purpose, in which role, what was opened. Whose
 * data else was on the same page is not read.
 *
 * @param staffOf the role of a member of staff, and their name where the merchant chose to give names.
 */
export async function whoLooked(
  tx: SqlTx,
  keyStore: KeyStore,
  shopId: string,
  subjects: SubjectIds,
  since: Date | null,
  staffOf: StaffLookup = () => ({ role: null, name: null }),
): Promise<Look[]> {
  const pseudonyms = await pseudonymsOf(tx, keyStore, shopId, subjects);
  if (pseudonyms.length === 0) return [];
  const rows = await tx.query<RecordRow>(
    `SELECT at, actor, purpose, page, fields FROM app.access_records
     WHERE shop_id = $1::uuid AND outcome = 'opened' AND ($3::timestamptz IS NULL OR at >= $3::timestamptz)
       AND subjects && ARRAY(SELECT decode(hex, 'hex') FROM unnest($2::text[]) AS named (hex))
     ORDER BY at, seq`,
    [shopId, pseudonyms, since],
  );
  const numbers = new Map<string, number>();
  return rows.map(({ at, actor, purpose, page, fields }) => ({
    at: at.toISOString(),
    purpose,
    role: staffOf(actor).role ?? kindOf(actor),
    page,
    fields: [...fields],
    by: staffOf(actor).name ?? byOf(actor, numbers),
  }));
}

async function pseudonymsOf(tx: SqlTx, keyStore: KeyStore, shopId: string, subjects: SubjectIds): Promise<string[]> {
  // Keys may be remembered; that the transaction is the shop's is asked of the database.
  const [bound] = await tx.query('SELECT 1 AS one FROM app.shops WHERE id = $1::uuid', [shopId]);
  if (bound === undefined) return [];
  const pseudonyms: string[] = [];
  for (const [scope, ids] of Object.entries(subjects) as [SubjectScope, readonly string[]][]) {
    const keys = await keyStore.subjectKeys(tx, shopId, scope, ids);
    for (const { pseudonym } of keys.values()) pseudonyms.push(pseudonym.toString('hex'));
  }
  return pseudonyms;
}

/** What stands before the colon of an actor: `staff`, `system`, `operator`. */
function kindOf(actor: string): string {
  return actor.split(':', 1)[0] ?? actor;
}

/** Members of staff are numbered in the order in which they first looked; machines and operators need no number. */
function byOf(actor: string, numbers: Map<string, number>): string {
  if (kindOf(actor) !== 'staff') return packageTexts.role(kindOf(actor));
  const number = numbers.get(actor) ?? numbers.size + 1;
  numbers.set(actor, number);
  return packageTexts.staffNumber(number);
}
