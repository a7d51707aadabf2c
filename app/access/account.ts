import type { Place } from '#app/vault/place.ts';

/** What was opened in one view or piece of work: adds up to its access record. */
export class Account {
  valueCount = 0;
  readonly #people = new Set<string>();
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

  /** Something of it says who these people are. */
  addPerson(subjectId: string): void {
    this.#people.add(subjectId);
  }

  /** Nothing was opened, and nobody looked for. */
  get isEmpty(): boolean {
    return this.#fields.size === 0;
  }

  get hasIdentity(): boolean {
    return this.#people.size > 0;
  }

  entry() {
    return {
      ...(this.hasIdentity ? { peopleCount: this.#people.size } : {}),
      fields: [...this.#fields].sort(),
      subjects: [...this.#subjects.values()],
      valueCount: this.valueCount,
    };
  }
}
