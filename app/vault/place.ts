/** Where a value belongs. Table and column are logical names, frozen in the code; they need not be the database's. */
export interface Place {
  readonly shop: string;
  readonly table: string;
  readonly column: string;
  readonly row: string;
}
