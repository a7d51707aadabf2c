import { z } from 'zod';

/**
 * A document whose fields are each set by the latest event that mentioned them.
 *
 * Shopify leaves fields out (not approved, not asked for), sends null (cleared) or a value. Absent leaves what is
 * stored, null clears it, and only a greater stamp overwrites. Merging is commutative, associative and idempotent, so
 * any order and any repetition of events ends in the same document.
 *
 * Shape as sealed: `s` the newest stamp, `v` the values, `o` the stamps of fields that are older than `s`.
 */
export interface RegisterDocument {
  readonly s: string;
  readonly v: Readonly<Record<string, unknown>>;
  readonly o?: Readonly<Record<string, string>>;
}

/** Values by field; `undefined` means the event did not mention it. */
export type FieldClaims = Readonly<Record<string, unknown>>;

const documentSchema = z.object({
  s: z.string(),
  v: z.record(z.string(), z.unknown()),
  o: z.record(z.string(), z.string()).optional(),
});

/**
 * Reads a document as it was sealed.
 *
 * @throws ZodError when it is none, which only a defect of ours can cause.
 */
export function parseRegisterDocument(value: unknown): RegisterDocument {
  const { s, v, o } = documentSchema.parse(value);
  return o === undefined ? { s, v } : { s, v, o };
}

/** The document after an event. The same object comes back when nothing changed. */
export function mergeRegisters(
  document: RegisterDocument | null,
  stamp: string,
  claims: FieldClaims,
): RegisterDocument {
  const values: Record<string, unknown> = { ...document?.v };
  const stamps: Record<string, string> = {};
  for (const field of Object.keys(values)) stamps[field] = document?.o?.[field] ?? document?.s ?? '';

  let changed = document === null;
  for (const [field, value] of Object.entries(claims)) {
    if (value === undefined || stamp <= (stamps[field] ?? '')) continue;
    values[field] = value;
    stamps[field] = stamp;
    changed = true;
  }
  if (!changed) return document as RegisterDocument;
  return encode(values, stamps, stamp);
}

/** The document as if no event had mentioned these fields. The next one that does sets them, however old it is. */
export function withoutFields(document: RegisterDocument, fields: readonly string[]): RegisterDocument {
  const kept = Object.keys(document.v).filter((field) => !fields.includes(field));
  const stamps = Object.fromEntries(kept.map((field) => [field, document.o?.[field] ?? document.s]));
  return encode(document.v, stamps, document.s);
}

/** Fields in a fixed order and stamps relative to the newest, so that equal histories give equal bytes. */
function encode(
  values: Readonly<Record<string, unknown>>,
  stamps: Readonly<Record<string, string>>,
  fallback: string,
): RegisterDocument {
  const byField = Object.entries(stamps).sort(([a], [b]) => (a < b ? -1 : 1));
  const newest = byField.reduce((latest, [, stamp]) => (stamp > latest ? stamp : latest), '');
  const older = byField.filter(([, stamp]) => stamp !== newest);
  return {
    s: newest === '' ? fallback : newest,
    v: Object.fromEntries(byField.map(([field]) => [field, values[field]])),
    ...(older.length === 0 ? {} : { o: Object.fromEntries(older) }),
  };
}
