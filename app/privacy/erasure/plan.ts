import { REGISTRY, type RegisteredTable } from '#app/privacy/registry.ts';
import type { SubjectKind } from '#app/privacy/registry/entry.ts';

/** A table whose rows are a subject’s, and what becomes of them. */
export interface PlannedTable {
  readonly table: string;
  readonly kind: SubjectKind;
  readonly columns: readonly string[];
  /** Columns to empty; none where the whole row goes. */
  readonly setNull: readonly string[];
}

/** A column by which somebody else’s row points at a subject. */
export interface PlannedLink {
  readonly table: string;
  readonly column: string;
  readonly kind: SubjectKind;
}

/**
 * What an erasure does, read off the registry: a column is covered the day it is declared, and so is a table that says whose
 * its rows are. What belongs to something goes before it.
 */
export const ERASURE_PLAN: readonly PlannedTable[] = [...REGISTRY].reverse().flatMap(plannedTable);

export const LINKS_TO_EMPTY: readonly PlannedLink[] = REGISTRY.flatMap(({ table, links = {} }) =>
  Object.entries(links).map(([column, kind]) => ({ table, column, kind })),
);

function plannedTable({ table, rowsOf, erase, columns }: RegisteredTable): PlannedTable[] {
  if (rowsOf === undefined) return [];
  if (erase.how === 'delete-row') return [{ table, ...rowsOf, setNull: [] }];
  const setNull = Object.entries(columns).flatMap(([column, entry]) =>
    entry.erase.how === 'set-null' ? [column] : [],
  );
  return setNull.length === 0 ? [] : [{ table, ...rowsOf, setNull }];
}

/**
 * Tables with something of a person that the plan has no rule for, because somebody else takes care of them. A law compares:
 * any other table that holds something of a person and says not whose it is fails it.
 */
export const ERASED_ELSEWHERE: Readonly<Record<string, string>> = {
  'inbox.events': 'opened and compared, row by row',
  'keys.subject_keys': 'destroyed by the key store, with the rows',
  'app.access_packages': 'ended with its key when anything of the person is in it (package/store.ts)',
  'app.sessions': 'staff of the shop; deleted when the app is uninstalled',
  'app.staff_members': 'staff of the shop; deleted when the app is uninstalled',
  'app.reveals': 'staff of the shop; deleted when the app is uninstalled',
};
