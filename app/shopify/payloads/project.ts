import { PAYLOADS, type PayloadOf } from '#app/shopify/payloads/index.ts';
import type { Topic } from '#app/shopify/topics.ts';

/** A body reduced to what we may keep, or the places where it has the wrong shape: names of fields, never values. */
export type Projection<T extends Topic> =
  { readonly ok: true; readonly body: PayloadOf<T> } | { readonly ok: false; readonly paths: readonly string[] };

const MAX_PATHS = 10;

/** Reduces a parsed body to the fields of its topic. Whatever the body is, the answer is one of the two. */
export function projectPayload<T extends Topic>(topic: T, body: unknown): Projection<T> {
  const result = PAYLOADS[topic].safeParse(body);
  if (result.success) return { ok: true, body: result.data as PayloadOf<T> };
  // Indexes and keys of our schemas only: zod reports a key where a schema looked, not what a sender made up.
  const paths = result.error.issues.map((issue) => issue.path.map(String).join('.').slice(0, 100) || '(body)');
  return { ok: false, paths: [...new Set(paths)].slice(0, MAX_PATHS) };
}
