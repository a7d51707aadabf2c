import type { KeyScope } from './scope.ts';

/** A key that seals: 32 secret bytes and what the header says about them. */
export interface VaultKey {
  readonly scope: KeyScope;
  /** 0 to 2^32 − 1. */
  readonly version: number;
  readonly secret: Buffer;
  /** Earlier versions of the same key: they seal nothing any more, and open what they sealed. */
  readonly older?: readonly VaultKey[];
}
