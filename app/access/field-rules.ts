import type { Purpose } from '#app/privacy/purposes.ts';
import { FIELDS } from '#app/privacy/registry.ts';
import type { Mask } from '#app/privacy/registry/entry.ts';

/** What the registry says of a field that somebody wants to look at. */
export interface FieldRule {
  /** Of a field that has parts (`lines`), the strictest of them. */
  readonly mask: Mask;
  readonly purposes: ReadonlySet<Purpose>;
}

const STRICTNESS: readonly Mask[] = ['shown', 'opened-on-record', 'revealed-for-purpose', 'never-shown'];
const rules = new Map<string, FieldRule>();

/**
 * The rule of a field inside a sealed column. A field that the registry does not know is never shown: what nobody has
 * thought about does not reach a screen.
 */
export function fieldRule(table: string, column: string, field: string): FieldRule {
  const name = `app.${table}.${column}.${field}`;
  const known = rules.get(name);
  if (known !== undefined) return known;
  const rule = ruleOf(name);
  if (rule === null) return NEVER;
  // The registry's own names only: their number is fixed.
  rules.set(name, rule);
  return rule;
}

const NEVER: FieldRule = { mask: 'never-shown', purposes: new Set() };

function ruleOf(name: string): FieldRule | null {
  const entries = FIELDS.filter((field) => field.name === name || field.name.startsWith(`${name}.`)).map(
    ({ entry }) => entry,
  );
  if (entries.length === 0) return null;
  // Parts that say nothing of anybody do not hide those that do.
  const telling = entries.filter((entry) => entry.class !== 'technical');
  const masks = (telling.length > 0 ? telling : entries).map(({ mask }) => STRICTNESS.indexOf(mask));
  return {
    mask: STRICTNESS[Math.max(...masks)] ?? 'never-shown',
    purposes: new Set(entries.flatMap(({ purposes }) => purposes)),
  };
}
