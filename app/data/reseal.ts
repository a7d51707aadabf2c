import type { KeyStore } from '#app/data/keys.ts';
import type { SubjectScope } from '#app/data/subject-scope.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import type { Batch } from '#app/data/batch.ts';
import type { Place } from '#app/vault/place.ts';
import type { VaultKey } from '#app/vault/vault-key.ts';
import { VaultError } from '#app/vault/errors.ts';
import { reseal } from '#app/vault/reseal.ts';

/** A row's primary key, as the database gives it. */
export type RowKey = Readonly<Record<string, unknown>>;

/** A column of sealed values: how its rows are walked, and under whose key and for which place each is sealed. */
export interface SealedColumn {
  /** With its schema. */
  readonly table: string;
  readonly column: string;
  /** The columns of the primary key behind the shop, in order, with their types. */
  readonly key: Readonly<Record<string, string>>;
  /** Whose key sealed it: the shop's own, or that of the subject whose id stands in one of the key's columns. */
  readonly sealedBy: 'shop' | { readonly scope: SubjectScope; readonly idColumn: string };
  readonly placeOf: (shopId: string, row: RowKey) => Place;
}

/** Where a walk over a column stands: the last row's key, each column as text. */
export type RowCursor = readonly string[];

export interface ResealedBatch extends Batch<RowCursor> {
  /** Values that do not open under their key. They are left as they are, and their keys must be, too. */
  readonly unopenable: number;
}

interface SealedRow extends Record<string, unknown> {
  sealed: Buffer;
}

/**
 * Seals the next values of a column anew under the newest versions of their keys. A value that somebody else wrote
 * meanwhile stays as they wrote it, and one whose key was destroyed stays closed.
 */
export async function resealBatch(
  tx: SqlTx,
  keyStore: KeyStore,
  shopId: string,
  column: SealedColumn,
  after: RowCursor | null,
  limit: number,
): Promise<ResealedBatch> {
  const names = Object.keys(column.key);
  const rows = await selectRows(tx, shopId, column, after, limit);
  const keyOf = await keysFor(tx, keyStore, shopId, column, rows);
  let unopenable = 0;
  const changes = rows.flatMap((row) => {
    const key = keyOf(row);
    if (key === undefined) return [];
    try {
      const sealed = reseal(key, row.sealed, column.placeOf(shopId, row));
      return sealed === null ? [] : [{ cursor: cursorOf(names, row), old: row.sealed, sealed }];
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      unopenable += 1;
      return [];
    }
  });
  const changed = await updateRows(tx, shopId, column, changes);
  const last = rows.at(-1);
  const next = last === undefined || rows.length < limit ? null : cursorOf(names, last);
  return { next, seen: rows.length, changed, unopenable };
}

function selectRows(
  tx: SqlTx,
  shopId: string,
  { table, column, key }: SealedColumn,
  after: RowCursor | null,
  limit: number,
): Promise<SealedRow[]> {
  const names = Object.keys(key);
  const from =
    after === null || names.length === 0
      ? ''
      : `AND (${names.join(', ')}) > (${Object.values(key)
          .map((type, index) => `$${String(index + 3)}::${type}`)
          .join(', ')})`;
  return tx.query<SealedRow>(
    `SELECT ${[...names, `${column} AS sealed`].join(', ')} FROM ${table}
     WHERE shop_id = $1::uuid AND ${column} IS NOT NULL ${from} ORDER BY ${['shop_id', ...names].join(', ')} LIMIT $2`,
    [shopId, limit, ...(after ?? [])],
  );
}

/** Gives each row the key it is sealed under; none where that was destroyed. */
async function keysFor(
  tx: SqlTx,
  keyStore: KeyStore,
  shopId: string,
  { sealedBy }: SealedColumn,
  rows: readonly SealedRow[],
): Promise<(row: SealedRow) => VaultKey | undefined> {
  if (rows.length === 0) return () => undefined;
  if (sealedBy === 'shop') {
    const versions = rows.map(({ sealed }) => sealed);
    const { enc } = await keyStore.shopKeysFor(tx, shopId, versions);
    return () => enc;
  }
  const idOf = (row: SealedRow) => String(row[sealedBy.idColumn]);
  const keys = await keyStore.subjectKeys(tx, shopId, sealedBy.scope, [...new Set(rows.map(idOf))]);
  return (row) => keys.get(idOf(row))?.key;
}

/** Compare and set: only rows whose value is still the one that was read. */
async function updateRows(
  tx: SqlTx,
  shopId: string,
  { table, column, key }: SealedColumn,
  changes: readonly { cursor: RowCursor; old: Buffer; sealed: Buffer }[],
): Promise<number> {
  if (changes.length === 0) return 0;
  const names = Object.keys(key);
  const fields = names.map((_, index) => `k${String(index)}`);
  const matches = names.map((name, index) => `AND t.${name} = new.k${String(index)}::${key[name] ?? 'text'}`);
  const arrays = ['$2::text[]', '$3::text[]', ...names.map((_, index) => `$${String(index + 4)}::text[]`)];
  const rows = await tx.query(
    `UPDATE ${table} t SET ${column} = decode(new.sealed, 'hex')
     FROM unnest(${arrays.join(', ')}) AS new (${['old', 'sealed', ...fields].join(', ')})
     WHERE t.shop_id = $1::uuid ${matches.join(' ')} AND t.${column} = decode(new.old, 'hex') RETURNING 1`,
    [
      shopId,
      changes.map(({ old }) => old.toString('hex')),
      changes.map(({ sealed }) => sealed.toString('hex')),
      ...names.map((_, index) => changes.map(({ cursor }) => cursor[index])),
    ],
  );
  return rows.length;
}

function cursorOf(names: readonly string[], row: SealedRow): RowCursor {
  return names.map((name) => {
    const value = row[name];
    if (value instanceof Date) return value.toISOString();
    if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
    return String(value);
  });
}
