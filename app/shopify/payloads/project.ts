import { parseJson } from '#app/shopify/json.ts';
import { PAYLOADS, type PayloadOf } from '#app/shopify/payloads/index.ts';
import { type Quick, quickOf, UNSURE } from '#app/shopify/payloads/quick.ts';
import { ALL_TOPICS, type Topic } from '#app/shopify/topics.ts';

/** A body reduced to what we may keep, or the places where it has the wrong shape: names of fields, never values. */
export type Projection<T extends Topic> =
  { readonly ok: true; readonly body: PayloadOf<T> } | { readonly ok: false; readonly paths: readonly string[] };

const MAX_PATHS = 10;
const QUICK = new Map<Topic, Quick>(ALL_TOPICS.map((topic) => [topic, quickOf(PAYLOADS[topic])]));

/** Reduces a parsed body to the fields of its topic. Whatever the body is, the answer is one of the two. */
export function projectPayload<T extends Topic>(topic: T, body: unknown): Projection<T> {
  const quick = projectQuickly(topic, body);
  return quick === UNSURE ? projectBySchema(topic, body) : { ok: true, body: quick as PayloadOf<T> };
}

/**
 * Reduces a body as it came. Numbers that JavaScript would round are kept exactly.
 *
 * @returns null for what is no JSON, or nested so deeply that it cannot be read.
 */
export function projectText<T extends Topic>(topic: T, text: string): Projection<T> | null {
  try {
    // Where the quick way is sure, it has kept no number but whole ones that JavaScript holds exactly.
    const quick = projectQuickly(topic, JSON.parse(text));
    return quick === UNSURE ? projectBySchema(topic, parseJson(text)) : { ok: true, body: quick as PayloadOf<T> };
  } catch {
    return null;
  }
}

/** The usual case: what {@link projectBySchema} gives, or that it has to be asked. */
export function projectQuickly(topic: Topic, body: unknown): unknown {
  return QUICK.get(topic)?.(body) ?? UNSURE;
}

export function projectBySchema<T extends Topic>(topic: T, body: unknown): Projection<T> {
  const result = PAYLOADS[topic].safeParse(body);
  if (result.success) return { ok: true, body: result.data as PayloadOf<T> };
  // Indexes and keys of our schemas only: zod reports a key where a schema looked, not what a sender made up.
  const paths = result.error.issues.map((issue) => issue.path.map(String).join('.').slice(0, 100) || '(body)');
  return { ok: false, paths: [...new Set(paths)].slice(0, MAX_PATHS) };
}
