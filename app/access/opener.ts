import { Account } from '#app/access/account.ts';
import type { KeyStore, SubjectKey } from '#app/data/keys.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import type { SubjectScope } from '#app/data/subject-scope.ts';
import type { ShopTx } from '#app/data/with-shop.ts';
import { VaultError } from '#app/vault/errors.ts';
import type { Place } from '#app/vault/place.ts';
import { openJson } from '#app/vault/sealed-json.ts';

/** A sealed value and whose it is. */
export interface SealedValue {
  readonly subjectId: string;
  readonly sealed: Uint8Array;
  readonly place: Place;
}

/** The fields that were asked for, as far as the content has them. Everything else stays behind the gate. */
export type OpenedFields = Readonly<Record<string, unknown>>;

/**
 * Where sealed values become readable for the gate: opens them inside one transaction, and keeps account of every value that
 * it hands out. Whoever makes one writes the access record from {@link Opener.account} in the same transaction.
 */
export class Opener {
  readonly account = new Account();
  readonly #tx: ShopTx;
  readonly #keyStore: KeyStore;
  readonly #shopId: string;

  constructor(tx: ShopTx, keyStore: KeyStore, shopId: string) {
    this.#tx = tx;
    this.#keyStore = keyStore;
    this.#shopId = shopId;
  }

  /**
   * @param permitted which of the wanted fields of a value may be seen; of what may not, nothing is opened.
   * @returns in the order of the values; null where the subject's key was destroyed, and with `leave` where one does not open.
   * @throws VaultError when a value does not open under its key.
   */
  async open(
    scope: SubjectScope,
    values: readonly SealedValue[],
    fields: readonly string[],
    permitted: (value: SealedValue, fields: readonly string[]) => readonly string[],
    ifUnopenable: 'throw' | 'leave' = 'throw',
  ): Promise<(OpenedFields | null)[]> {
    const ids = [...new Set(values.map((value) => value.subjectId))];
    const keys = await this.#keyStore.subjectKeys(sqlTxOfPrisma(this.#tx), this.#shopId, scope, ids);
    return values.map((value) => {
      const key = keys.get(value.subjectId);
      if (key === undefined) return null;
      try {
        return this.#openOne(key, value, permitted(value, fields));
      } catch (error) {
        if (ifUnopenable === 'leave' && error instanceof VaultError && error.code === 'vault.unopenable') return null;
        throw error;
      }
    });
  }

  /** Puts on the account whom something is about of which nothing was opened under their own keys. */
  async note(scope: SubjectScope, subjectIds: readonly string[], field: string): Promise<number> {
    const ids = [...new Set(subjectIds)];
    const subjects = await this.#keyStore.subjectKeys(sqlTxOfPrisma(this.#tx), this.#shopId, scope, ids);
    this.account.note(
      [...subjects.values()].map(({ pseudonym }) => pseudonym),
      field,
    );
    return subjects.size;
  }

  #openOne({ key, pseudonym }: SubjectKey, { sealed, place }: SealedValue, wanted: readonly string[]): OpenedFields {
    // A value of which nothing may be seen stays closed.
    if (wanted.length === 0) return {};
    const content = fieldsOf(openJson(key, sealed, place));
    const present = wanted.filter((field) => content[field] !== undefined && content[field] !== null);
    if (present.length > 0) this.account.add(pseudonym, place, present);
    return Object.fromEntries(present.map((field) => [field, content[field]]));
  }
}

/** Contents are either plain fields or a register document, which has its fields under `v`. */
function fieldsOf(content: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(content)) throw new TypeError('A sealed value has an unknown shape');
  return isRecord(content['v']) && typeof content['s'] === 'string' ? content['v'] : content;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
