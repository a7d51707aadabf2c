import { createHash } from 'node:crypto';

import type { Link } from '#app/access/log/chain.ts';
import { readNote, signNote } from '#app/vault/signed-note.ts';
import type { SigningKey } from '#app/vault/signing.ts';

/** What a statement says: how far chains had grown, or that a chain's records up to one were removed for their age. */
export type StatementKind = 'checkpoint' | 'retired';

/** A chain's newest link at the time. */
export interface ChainHead extends Link {
  readonly shopId: string;
}

const ORIGINS: Readonly<Record<StatementKind, string>> = {
  checkpoint: 'cart-insights/access-log',
  retired: 'cart-insights/access-log/retired',
};
const CHAIN_LINE = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) (0|[1-9]\d{0,18}) ([A-Za-z0-9+/]{43}=)$/;

/**
 * A signed statement about chains, in the form of a checkpoint (c2sp.org/tlog-checkpoint): origin, size, root hash, then one
 * line for each chain with its id, the number of its newest record and that record's hash. The size is the sum of those
 * numbers; the root is SHA-256 over the lines. Ids are random, so it may be kept anywhere.
 */
export function signStatement(key: SigningKey, kind: StatementKind, heads: readonly ChainHead[]): string {
  const lines = [...heads]
    .sort((a, b) => (a.shopId < b.shopId ? -1 : 1))
    .map(({ shopId, seq, hash }) => `${shopId} ${String(seq)} ${Buffer.from(hash).toString('base64')}\n`);
  return signNote(key, bodyOf(kind, heads, lines));
}

/**
 * What a statement says.
 *
 * @returns null when none of these keys signed it, or it is no statement of this kind.
 */
export function readStatement(
  publicKeys: Iterable<Uint8Array>,
  kind: StatementKind,
  note: string,
): ReadonlyMap<string, Link> | null {
  const text = readNote(publicKeys, note);
  if (text === null) return null;
  const lines = text.split('\n').slice(3, -1);
  const heads: ChainHead[] = [];
  for (const line of lines) {
    const [, shopId, seq, hash] = CHAIN_LINE.exec(line) ?? [];
    if (shopId === undefined || seq === undefined || hash === undefined) return null;
    heads.push({ shopId, seq: BigInt(seq), hash: Buffer.from(hash, 'base64') });
  }
  const chains = new Map(heads.map((head) => [head.shopId, head]));
  const isWhole =
    chains.size === heads.length &&
    text ===
      bodyOf(
        kind,
        heads,
        lines.map((line) => `${line}\n`),
      );
  return isWhole ? chains : null;
}

/** The one hash over a statement's lines: short enough for a log line, and as hard to forge. */
export function statementRoot(note: string): string {
  return note.split('\n')[2] ?? '';
}

function bodyOf(kind: StatementKind, heads: readonly ChainHead[], lines: readonly string[]): string {
  const size = heads.reduce((sum, { seq }) => sum + seq, 0n);
  const root = createHash('sha256').update(lines.join('')).digest('base64');
  return `${ORIGINS[kind]}\n${String(size)}\n${root}\n${lines.join('')}`;
}
