import { REGISTRY, type RegisteredTable } from '#app/privacy/registry.ts';
import type { Export, FieldEntry } from '#app/privacy/registry/entry.ts';

/** What of a table reaches the person who asks for a copy, by the registry's word. */
export interface ExportRules {
  readonly table: RegisteredTable;
  /** Columns given out as they stand. */
  readonly columns: readonly string[];
  /** Fields inside the seal that are given out, by their path there (`email`, `lines.title`). */
  readonly sealed: readonly string[];
  /** What is held back, and why. */
  readonly withheld: readonly { readonly field: string; readonly reason: string }[];
}

/**
 * Reads the rules off the registry. Nothing is listed here by name, so a column is part of the copy on the day it is
 * declared.
 */
export function exportRules(registry: readonly RegisteredTable[] = REGISTRY): ExportRules[] {
  return registry.map((table) => {
    const columns = Object.entries(table.columns);
    const contents = columns.flatMap(([, entry]) => ('contents' in entry ? Object.entries(entry.contents) : []));
    const open = columns.filter(([, entry]) => !('contents' in entry));
    return {
      table,
      columns: open.flatMap(([name, entry]) => (isGiven(entry.export) ? [name] : [])),
      sealed: contents.flatMap(([name, entry]) => (isGiven(entry.export) ? [name] : [])),
      withheld: [...open, ...contents].flatMap(([field, entry]) => withheldOf(field, entry)),
    };
  });
}

/** The rules of the tables of which anything is given out. */
export function exportedTables(registry: readonly RegisteredTable[] = REGISTRY): ExportRules[] {
  return exportRules(registry).filter(({ columns, sealed }) => columns.length + sealed.length > 0);
}

/** The names a sealed document has at its top: `lines` of `lines.title`. What has to be opened, and no more. */
export function topLevel(paths: readonly string[]): string[] {
  return [...new Set(paths.map((path) => path.split('.', 1)[0] ?? path))];
}

/**
 * Keeps the fields of an opened document that the rules give out. A path goes through objects and into every element of
 * a list; what no path names is left behind.
 */
export function keepPaths(
  document: Readonly<Record<string, unknown>>,
  paths: readonly string[],
): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const name of topLevel(paths)) {
    const value = document[name];
    if (value === undefined || value === null) continue;
    const inner = paths.flatMap((path) => (path.startsWith(`${name}.`) ? [path.slice(name.length + 1)] : []));
    kept[name] = paths.includes(name) ? value : keepInside(value, inner);
  }
  return kept;
}

function keepInside(value: unknown, paths: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => keepInside(item, paths));
  return isRecord(value) ? keepPaths(value, paths) : null;
}

function isGiven(rule: Export): boolean {
  return 'as' in rule;
}

/** What says nothing about a person is not held back from them: there is nothing to give. */
function withheldOf(field: string, { class: kind, export: rule }: FieldEntry) {
  const isTheirs = kind === 'personal' || kind === 'pseudonymous';
  return isTheirs && 'withheld' in rule ? [{ field, reason: rule.withheld }] : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
