import type { VaultKey } from './vault-key.ts';
import { VaultError } from './errors.ts';
import { hkdfSha512 } from './hkdf.ts';
import { KEY_BYTES } from './key-object.ts';
import { lengthPrefixed } from './length-prefix.ts';

const DAY_MS = 86_400_000;
const INFO = 'cart-insights/inbox/v1';
/** What HKDF takes when there is no salt (RFC 5869, 2.2). */
const NO_SALT = Buffer.alloc(64);

/**
 * The inbox key of a shop for a day. Whoever has the day's secret can make it; when the secret is destroyed, nothing
 * that was sealed that day opens any more.
 *
 * @param day YYYY-MM-DD, UTC, from 1970 on; the version is the number of days since 1970-01-01.
 * @throws VaultError `vault.bad-input` for a day that is in no calendar, `vault.bad-key`
 */
export function deriveInboxKey(daySecret: Buffer, day: string, shop: string): VaultKey {
  const version = daysSince1970(day);
  const secret = hkdfSha512(daySecret, NO_SALT, lengthPrefixed([INFO, day, shop]), KEY_BYTES);
  return { scope: 'inbox', version, secret };
}

function daysSince1970(day: string): number {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : -1;
  // Date.parse lets 30 February roll over into March; written back, it shows.
  if (!(time >= 0) || !new Date(time).toISOString().startsWith(day)) {
    throw new VaultError('vault.bad-input', 'day is no date');
  }
  return time / DAY_MS;
}
