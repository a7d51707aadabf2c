import { VaultError } from './errors.ts';
import { type Kek, type KekDescription, localKek, parseKekBytes } from './kek.ts';
import type { WrapContext } from './wrap.ts';

export type { Kek, KekDescription } from './kek.ts';
export type { WrapContext } from './wrap.ts';

/** The key-encryption keys. One is primary and wraps; the others still unwrap what they wrapped. */
export interface Keyring {
  readonly primaryId: string;
  has(id: string): boolean;
  ids(): string[];
  /** The keys in their order, the primary first; nothing of their bytes. */
  describe(): KekDescription[];
  /** Wraps a 32-byte secret under the primary key. @throws VaultError `vault.kek-unreachable`, `vault.bad-key` */
  wrap(secret: Buffer, context: WrapContext): Promise<{ kekId: string; wrapped: Buffer }>;
  /**
   * @throws VaultError `vault.bad-keyring` when there is no such key, `vault.unopenable` when it does not fit,
   *   `vault.kek-unreachable` when the key is with a service that does not answer.
   */
  unwrap(kekId: string, wrapped: Buffer, context: WrapContext): Promise<Buffer>;
  /** A value to store for a key, by which {@link fitsCheck} knows it again. */
  newCheck(id: string): Promise<Buffer>;
  /** Whether the key under this id is the one whose value was stored. */
  fitsCheck(id: string, check: Buffer): Promise<boolean>;
}

/** An entry of the setting: a key in base64, or the name of one that lies elsewhere. */
export interface KeyringEntry {
  /** "entry 2", for messages. */
  readonly nth: string;
  readonly id: string;
  /** Null for a key in base64. */
  readonly scheme: string | null;
  readonly value: string;
}

const ENTRY = /^([a-z0-9-]{1,32})(?::(.*)|=([a-z0-9-]+):(.+))$/s;

/**
 * Takes the setting apart: `id:base64` for a key that is written out, `id=scheme:name` for one that lies elsewhere, more
 * behind commas, the first primary.
 *
 * @throws VaultError `vault.bad-keyring` whose message says which entry is wrong and how, never what it holds: what
 *   stands in the place of an id may be a key.
 */
export function parseKeyringEntries(text: string): KeyringEntry[] {
  const ids = new Set<string>();
  const values = new Set<string>();
  return text.split(',').map((entry, index) => {
    const nth = `entry ${String(index + 1)}`;
    const [, id, encoded, scheme, name] = ENTRY.exec(entry.trim()) ?? [];
    const value = encoded ?? name;
    if (id === undefined || value === undefined) {
      throw badKeyring(
        `${nth} does not begin with an id of 1 to 32 characters of [a-z0-9-] and a colon, or = and where the key lies`,
      );
    }
    if (ids.has(id)) throw badKeyring(`${nth} repeats an id`);
    if (values.has(`${scheme ?? ''}:${value}`)) throw badKeyring(`${nth} repeats a key`);
    ids.add(id);
    values.add(`${scheme ?? ''}:${value}`);
    return { nth, id, scheme: scheme ?? null, value };
  });
}

/**
 * The keyring of a setting whose keys are all written out.
 *
 * @throws VaultError `vault.bad-keyring` as {@link parseKeyringEntries} does.
 */
export function parseKeyring(text: string): Keyring {
  return createKeyring(
    parseKeyringEntries(text).map((entry) => {
      if (entry.scheme !== null) throw badKeyring(`${entry.nth} is not written out`);
      return writtenOutKek(entry);
    }),
  );
}

/** The key of an entry that holds it in base64. @throws VaultError `vault.bad-keyring` that says which entry is wrong. */
export function writtenOutKek({ nth, id, value }: KeyringEntry, kind = 'settings'): Kek {
  try {
    const bytes = parseKekBytes(value);
    const kek = localKek(id, bytes, kind);
    bytes.fill(0);
    return kek;
  } catch (error) {
    throw badKeyring(`${nth} ${(error as Error).message}`);
  }
}

/** A keyring of keys in their order, the first primary. @throws VaultError `vault.bad-keyring` for none, or an id twice. */
export function createKeyring(list: readonly Kek[]): Keyring {
  const keks = new Map(list.map((kek) => [kek.id, kek]));
  const [primary] = list;
  if (primary === undefined || keks.size !== list.length) throw badKeyring('it holds no key, or two under one id');
  const kekOf = (id: string): Kek => {
    const kek = keks.get(id);
    if (kek === undefined) throw badKeyring('a key is missing from the keyring');
    return kek;
  };
  return {
    primaryId: primary.id,
    has: (id) => keks.has(id),
    ids: () => [...keks.keys()],
    describe: () => list.map(({ id, kind, hosts }) => ({ id, kind, hosts })),
    wrap: async (secret, context) => ({ kekId: primary.id, wrapped: await primary.wrap(secret, context) }),
    unwrap: async (kekId, wrapped, context) => kekOf(kekId).unwrap(wrapped, context),
    newCheck: async (id) => kekOf(id).newCheck(),
    fitsCheck: async (id, check) => kekOf(id).fitsCheck(check),
  };
}

function badKeyring(problem: string): VaultError {
  return new VaultError('vault.bad-keyring', `The keyring cannot be used: ${problem}`);
}
