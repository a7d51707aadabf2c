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
  /** Requests that were judged to be about somebody else: what they name is theirs. */
  readonly othersRequestIds?: ReadonlySet<string>;
}

/** Something that was found: in which table and column, and what kind of thing. Never the value. */
export interface Place {
  readonly where: string;
  readonly how: 'plain' | 'keyed' | 'sealed';
  readonly count: number;
}

/** Shorter numbers cannot be told from quantities and prices. An address always can. */
const MIN_NUMBER_CHARS = 8;
/** Shorter texts stand in random bytes by chance. No address that mail reaches is shorter. */
const MIN_PLAIN_BYTES = 6;

/** The values that can be told from others where they stand as a text of their own. */
export function searchable(values: readonly string[]): string[] {
  return [...new Set(values.map((value) => value.trim()))].filter(
    (value) => value.includes('@') || value.length >= MIN_NUMBER_CHARS,
  );
}

/** Of these, the ones that can be looked for among arbitrary bytes, too. */
export function searchableInBytes(values: readonly string[]): string[] {
  return searchable(values).filter((value) => Buffer.byteLength(value) >= MIN_PLAIN_BYTES);
}
