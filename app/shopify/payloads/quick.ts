import { z } from 'zod';

/**
 * The usual case of a schema, in a fraction of the time. What a quick projection is not sure of, because it is wrong or
 * because it is rare, it leaves to the schema, whose word is the only one; where it is sure, it gives what the schema
 * gives. A property test holds the two against each other.
 */
export type Quick = (value: unknown) => unknown;

/** "Ask the schema." */
export const UNSURE = Symbol('unsure');

const unsure: Quick = () => UNSURE;
const byHand = new Map<z.core.$ZodType, Quick>();

/** Gives a schema with checks or transformations of its own its usual case. @returns the schema. */
export function withQuick<Schema extends z.core.$ZodType>(schema: Schema, quick: Quick): Schema {
  byHand.set(schema, quick);
  return schema;
}

/** The quick projection of a schema, put together from those of its parts. */
export function quickOf(schema: z.core.$ZodType): Quick {
  const known = byHand.get(schema);
  if (known !== undefined) return known;
  if (schema instanceof z.ZodObject) return quickObject(schema);
  if (schema instanceof z.ZodArray) return quickArray(quickOf(schema.element));
  if (schema instanceof z.ZodOptional) {
    const inner = quickOf(schema.unwrap());
    return (value) => (value === undefined ? undefined : inner(value));
  }
  if (schema instanceof z.ZodNullable) {
    const inner = quickOf(schema.unwrap());
    return (value) => (value === null ? null : inner(value));
  }
  // The first choice is the usual one.
  if (schema instanceof z.ZodUnion) return quickOf(schema.options[0] ?? z.never());
  if (schema instanceof z.ZodString && schema.def.checks === undefined) {
    return (value) => (typeof value === 'string' ? value : UNSURE);
  }
  return unsure;
}

function quickObject(schema: z.ZodObject): Quick {
  const fields = Object.entries<z.core.$ZodType>(schema.shape).map(([name, field]) => ({
    name,
    quick: quickOf(field),
  }));
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return UNSURE;
    const projected: Record<string, unknown> = {};
    for (const { name, quick } of fields) {
      const kept = quick((value as Record<string, unknown>)[name]);
      if (kept === UNSURE) return UNSURE;
      // Absent stays absent.
      if (kept !== undefined) projected[name] = kept;
    }
    return projected;
  };
}

function quickArray(quick: Quick): Quick {
  return (value) => {
    if (!Array.isArray(value)) return UNSURE;
    const projected: unknown[] = [];
    for (const item of value as unknown[]) {
      const kept = quick(item);
      if (kept === UNSURE || kept === undefined) return UNSURE;
      projected.push(kept);
    }
    return projected;
  };
}
