/** One step of a walk over many rows, in the order of a cursor. */
export interface Batch<Cursor> {
  /** Where to go on; null at the end. */
  readonly next: Cursor | null;
  readonly seen: number;
  readonly changed: number;
}
