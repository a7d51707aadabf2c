/** What to look for after an erasure, or for somebody who asks whether anything is left. */
export interface Wanted {
  /** Customer numbers, order numbers and e-mails, in clear. */
  readonly values: readonly string[];
  /** Those of the values that two people can share. */
  readonly sharable: ReadonlySet<string>;
  /** Our ids of what was erased. */
  readonly ids: readonly string[];
  /** Keyed references, in hexadecimal. */
  readonly refs: readonly string[];
  /**
   * What was made later is new and may be there: nothing it has in common with the past counts. Null where everything
   * counts.
   */
  readonly erasedAt: Date | null;
}

/** Something that was found: in which table and column, and what kind of thing. Never the value. */
export interface Place {
  readonly where: string;
  readonly how: 'plain' | 'keyed' | 'sealed';
  readonly count: number;
}

/** Shorter numbers cannot be told from quantities and prices. */
const MIN_VALUE_CHARS = 8;

/** The values that are long enough to be looked for at all. */
export function searchable(values: readonly string[]): string[] {
  return [...new Set(values.map((value) => value.trim()))].filter((value) => value.length >= MIN_VALUE_CHARS);
}

/** The smallest UUIDv7 of an instant: ids are made by the clock, so those of later rows are greater. */
export function firstIdOf(time: Date): string {
  const hex = time.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
