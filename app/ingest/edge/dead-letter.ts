import { type InboxKeys, inboxPlace } from '#app/ingest/inbox-place.ts';
import type { InboxEntry } from '#app/ingest/edge/insert.ts';
import { open, seal } from '#app/vault/envelope.ts';
import { VaultError } from '#app/vault/errors.ts';

/**
 * The entry as a dead letter of today: never pending, with a code that says why, and sealed for the day it now lies in,
 * whose secret lives as long as it does.
 *
 * @throws VaultError when a day's key is not at hand.
 */
export function toDeadLetter(keys: InboxKeys, entry: InboxEntry, today: string, code: string): InboxEntry {
  const moved = { ...entry, day: today, dayFromReceipt: true, failureCode: code };
  if (entry.sealed === null || entry.day === today) return moved;
  const oldKey = keys.keyOf(entry.day, entry.shopId);
  const newKey = keys.keyOf(today, entry.shopId);
  if (oldKey === null || newKey === null) throw new VaultError('vault.unopenable');
  const plaintext = open(oldKey, entry.sealed, inboxPlace(entry.shopId, entry));
  return { ...moved, sealed: seal(newKey, plaintext, inboxPlace(entry.shopId, moved)) };
}
