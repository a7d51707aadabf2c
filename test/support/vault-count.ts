import type * as SealedJson from '#app/vault/sealed-json.ts';
import type { Place } from '#app/vault/place.ts';

/** Sealed tables in which no shopper occurs: staff and sessions of the shop. */
const WITHOUT_SHOPPERS = new Set([
  'staff_members',
  'sessions',
  'agreement_acceptances',
  'agreement_delegates',
  'privacy_contacts',
]);

/** What the vault has opened since the count began. */
export interface VaultCount {
  /** Sealed values of shoppers that became readable. */
  readonly documents: number;
  /** Fields of them that were read by whoever opened them: what could be handed on. Null and absent ones hold nothing. */
  readonly fields: number;
}

let current: { documents: number; fields: number } | null = null;

/** The vault's module with a counter in its function that opens. For `vi.mock`, before anything else loads the vault. */
export function countingVault(vault: typeof SealedJson): typeof SealedJson {
  const openJson: typeof vault.openJson = (key, sealed, place) => watched(vault.openJson(key, sealed, place), place);
  return { ...vault, openJson };
}

/** Runs `work` and counts at the vault what it opens. One at a time. */
export async function countAtVault<T>(work: () => Promise<T>): Promise<{ result: T; count: VaultCount }> {
  if (current !== null) throw new Error('The vault is being counted already');
  const count = (current = { documents: 0, fields: 0 });
  try {
    return { result: await work(), count };
  } finally {
    current = null;
  }
}

/** The content as it is, seen through: every field that is read out of it is counted once, however it is read. */
function watched(content: unknown, { table }: Place): unknown {
  const count = current;
  if (count === null || WITHOUT_SHOPPERS.has(table)) return content;
  count.documents += 1;
  if (!isRecord(content)) return content;
  // A register document has its fields under `v` and their stamps beside it, as the gate knows too.
  const fields = isRecord(content['v']) && typeof content['s'] === 'string' ? content['v'] : null;
  if (fields === null) return seenThrough(content, count);
  return { ...content, v: seenThrough(fields, count) };
}

function seenThrough(content: Record<string, unknown>, count: { fields: number }): Record<string, unknown> {
  const seen = new Set<PropertyKey>();
  return new Proxy(content, {
    get: (target, field, receiver) => {
      const value: unknown = Reflect.get(target, field, receiver);
      if (Object.hasOwn(target, field) && value !== null && !seen.has(field)) {
        seen.add(field);
        count.fields += 1;
      }
      return value;
    },
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
