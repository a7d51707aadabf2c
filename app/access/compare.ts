import type { AccessRecordEntry } from '#app/access/record.ts';
import { writeAccessRecord } from '#app/access/record.ts';
import type { GateServices, Work } from '#app/access/gate.ts';
import type { SealedValue } from '#app/access/opener.ts';
import type { SubjectScope } from '#app/data/subject-scope.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { type ShopTx, withShop } from '#app/data/with-shop.ts';
import type { Place } from '#app/vault/place.ts';
import type { VaultKey } from '#app/vault/vault-key.ts';
import { VaultError } from '#app/vault/errors.ts';
import { openJson } from '#app/vault/sealed-json.ts';

/** What a sealed value is compared with: e-mails and numbers, in lower case and normal form. */
export type WantedTexts = readonly string[];

/**
 * Which of the wanted texts stand in a value, by index; `closed` where its key is gone, which is what erased means, and
 * `unopenable` where there is a key and it does not open: nothing is known of such a value.
 */
export type Compared = readonly number[] | 'closed' | 'unopenable';

/** Compares values. The answer has their order. */
export type CompareValues = (
  scope: SubjectScope,
  values: readonly SealedValue[],
  wanted: WantedTexts,
) => Promise<Compared[]>;

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
      const patterns = wanted.map(wholeWord);
      return values.map(({ subjectId, sealed, place }) => {
        const key = keys.get(subjectId);
        if (key === undefined) return 'closed';
        const content = getContent(key.key, sealed, place);
        if (content === null) return 'unopenable';
        valueCount += 1;
        fields.add(`app.${place.table}.${place.column}`);
        return indexesIn(content.opened, wanted, patterns);
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

/** One damaged value must not keep a whole shop from being looked through: it is told apart, and the rest goes on. */
function getContent(key: VaultKey, sealed: Uint8Array, place: Place): { readonly opened: unknown } | null {
  try {
    return { opened: openJson(key, sealed, place) };
  } catch (error) {
    if (error instanceof VaultError && error.code === 'vault.unopenable') return null;
    throw error;
  }
}

/** Which of the texts stand anywhere in a document, in a key or a value. */
function indexesIn(content: unknown, wanted: WantedTexts, patterns: readonly RegExp[]): number[] {
  const texts = textsIn(content).map((text) => text.normalize('NFKC').toLowerCase());
  return [...wanted.keys()].filter((index) =>
    texts.some((text) => text.includes(wanted[index] ?? '') && patterns[index]?.test(text) === true),
  );
}

/** Every text and number of a document, the names of its fields among them. */
function textsIn(content: unknown): string[] {
  if (typeof content === 'string') return [content];
  if (typeof content === 'number') return [String(content)];
  if (typeof content !== 'object' || content === null) return [];
  if (Array.isArray(content)) return content.flatMap(textsIn);
  return Object.entries(content).flatMap(([name, value]) => [name, ...textsIn(value)]);
}

/**
 * The text where it stands by itself, also in the middle of a sentence or an address of a page: a number in a longer number is
 * another number, and `ann@example.com` in `joann@example.com` is somebody else.
 */
function wholeWord(wanted: string): RegExp {
  const text = wanted.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  if (/^\d+$/.test(wanted)) return new RegExp(`(?<!\\d)${text}(?!\\d)`, 'u');
  const char = '[\\p{L}\\p{M}\\p{N}]';
  return wanted.includes('@')
    ? new RegExp(`(?<!${char}[._%+'-]*)${text}(?![.-]*${char})`, 'u')
    : new RegExp(`(?<!${char})${text}(?!${char})`, 'u');
}
