/** What became of webhooks, by reason. `stored`, `duplicate` and the two kinds of `dropped` were answered 200. */
export type Outcome =
  | 'stored'
  | 'duplicate'
  | 'dropped-unknown-shop'
  | 'dropped-inactive-shop'
  | 'set-aside'
  | 'not-found'
  | 'method'
  | 'too-large'
  | 'too-slow'
  | 'incomplete'
  | 'signature'
  | 'header-missing'
  | 'header-malformed'
  | 'topic-unknown'
  | 'topic-not-of-path'
  | 'not-json'
  | 'wrong-shape'
  | 'other-shop'
  | 'overloaded'
  | 'database-away'
  | 'key-not-at-hand';

/** Counts since the program started. */
export class Counters {
  readonly #counts = new Map<Outcome, number>();

  add(outcome: Outcome, by = 1): void {
    if (by > 0) this.#counts.set(outcome, this.get(outcome) + by);
  }

  get(outcome: Outcome): number {
    return this.#counts.get(outcome) ?? 0;
  }

  all(): Readonly<Partial<Record<Outcome, number>>> {
    return Object.fromEntries(this.#counts);
  }
}
