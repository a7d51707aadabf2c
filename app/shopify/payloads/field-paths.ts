import { z } from 'zod';

import { PAYLOADS } from '#app/shopify/payloads/index.ts';
import type { Topic } from '#app/shopify/topics.ts';

/**
 * The paths of the fields we keep of a topic, read off its schema: dotted, lists without an index
 * (`line_items.variant_id`), sorted.
 */
export function fieldPathsOf(topic: Topic): string[] {
  return pathsIn(PAYLOADS[topic], '').sort();
}

function pathsIn(schema: z.core.$ZodType, prefix: string): string[] {
  if (schema instanceof z.ZodObject) {
    const fields = Object.entries<z.core.$ZodType>(schema.shape);
    return fields.flatMap(([name, field]) => pathsIn(field, prefix === '' ? name : `${prefix}.${name}`));
  }
  if (schema instanceof z.ZodArray) return pathsIn(schema.element, prefix);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return pathsIn(schema.unwrap(), prefix);
  if (schema instanceof z.ZodPipe) {
    // A transformation before the schema (preprocess) or behind it: the fields are on the other side.
    return pathsIn(schema.in instanceof z.ZodTransform ? schema.out : schema.in, prefix);
  }
  return [prefix];
}
