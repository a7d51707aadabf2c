import { hkdfSync } from 'node:crypto';

import type { VaultKey } from './envelope.ts';
import { VaultError } from './errors.ts';
import { keyObject } from './key-object.ts';
import { lengthPrefixed } from './length-prefix.ts';

const DAY_MS = 86_400_000;
const INFO = 'cart-insights/inbox/v1';

/** HKDF with SHA-512 (RFC 5869). */
export function hkdfSha512(secret: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Buffer {
  return Buffer.from(hkdfSync('sha512', keyObject(secret), salt, info, length));
}

/**
 * The inbox key of a shop for a day. Whoever has the day's secret can make it; when the secret is destroyed, nothing
 * that was sealed that day opens any more.
 *
 * @param day YYYY-MM-DD, UTC.
 */
export function deriveInboxKey(daySecret: Buffer, day: string, shop: string): VaultKey {
  const time = Date.parse(`${day}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(time)) throw new VaultError('vault.bad-input', 'day is no date');
  const secret = hkdfSha512(daySecret, Buffer.alloc(64), lengthPrefixed([INFO, day, shop]), 32);
  return { scope: 'inbox', version: time / DAY_MS, secret };
}
