import type { Place } from '#app/vault/envelope.ts';

/** What was opened in one view or piece of work: adds up to its access record. */
export class Account {
  valueCount = 0;
  /** Whether anything of it says who somebody is. */
  hasIdentity = false;
  readonly #fields = new Set<string>();
  readonly #subjects = new Map<string, Buffer>();

  add(pseudonym: Buffer, { table, column }: Place, fields: readonly string[]): void {
    this.valueCount += fields.length;
    for (const field of fields) this.#fields.add(`app.${table}.${column}.${field}`);
    this.#subjects.set(pseudonym.toString('hex'), pseudonym);
  }

  /** Somebody was found by this field; no value of it was opened. */
  note(pseudonyms: readonly Buffer[], field: string): void {
    this.#fields.add(field);
    for (const pseudonym of pseudonyms) this.#subjects.set(pseudonym.toString('hex'), pseudonym);
  }

  entry() {
    return {
      fields: [...this.#fields].sort(),
      subjects: [...this.#subjects.values()],
      valueCount: this.valueCount,
    };
  }
}
