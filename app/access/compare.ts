import type { AccessRecordEntry } from '#app/access/record.ts';
import { writeAccessRecord } from '#app/access/record.ts';
import type { GateServices, SealedValue, Work } from '#app/access/gate.ts';
import type { SubjectScope } from '#app/data/keys.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { type ShopTx, withShop } from '#app/data/with-shop.ts';
import { openJson } from '#app/vault/sealed-json.ts';

/** What a sealed value is compared with: each text as it would stand in a document, in lower case. */
export type WantedTexts = readonly string[];

/**
 * Which of the wanted texts stand in each value, by index. The answer has the order of the values; null where a value's
 * key is gone, which is what erased means.
 */
export type CompareValues = (
  scope: SubjectScope,
  values: readonly SealedValue[],
  wanted: WantedTexts,
) => Promise<(readonly number[] | null)[]>;

/**
 * The third door: a check that has to look into everything and may tell nothing. Values are opened, compared and forgotten;
 * what comes out is which of the texts, known to the caller already, stand in which value.
 *
 * One access record for each call says how many values were compared. It names nobody: nobody's data was looked at by
 * anybody, and a check of a whole shop would otherwise stand in everybody's log.
 */
export function compareForWork<T>(
  { db, keyStore, clock }: GateServices,
  shopId: string,
  { actor, purpose, job, requestId }: Work,
  read: (tx: ShopTx, compare: CompareValues) => Promise<T>,
): Promise<T> {
  return withShop(db, shopId, async (tx) => {
    const fields = new Set<string>();
    let valueCount = 0;
    const result = await read(tx, async (scope, values, wanted) => {
      const ids = [...new Set(values.map((value) => value.subjectId))];
      const keys = await keyStore.subjectKeys(sqlTxOfPrisma(tx), shopId, scope, ids);
      return values.map(({ subjectId, sealed, place }) => {
        const key = keys.get(subjectId);
        if (key === undefined) return null;
        valueCount += 1;
        fields.add(`app.${place.table}.${place.column}`);
        return indexesIn(openJson(key.key, sealed, place), wanted);
      });
    });
    if (valueCount > 0) {
      const entry: AccessRecordEntry = {
        at: clock(),
        actor,
        purpose,
        page: job,
        requestId,
        fields: [...fields].sort(),
        subjects: [],
        valueCount,
      };
      await writeAccessRecord(tx, shopId, entry);
    }
    return result;
  });
}

/** Which of the texts stand anywhere in a document, in a key or a value. */
function indexesIn(content: unknown, wanted: WantedTexts): number[] {
  const text = JSON.stringify(content).normalize('NFKC').toLowerCase();
  return [...wanted.keys()].filter((index) => text.includes(JSON.stringify(wanted[index]).slice(1, -1)));
}
