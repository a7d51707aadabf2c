import type { VaultKey } from '#app/vault/vault-key.ts';

/** The inbox keys at hand: one for each day and shop, gone with the day. */
export interface InboxKeys {
  /** @returns null when the day's secret is not at hand. */
  keyOf(day: string, shopId: string): VaultKey | null;
  /** Looks again which days are open, at most once a second. */
  loadIfStale(): Promise<void>;
}

/** What waits in the inbox is padded to multiples of this many bytes, as it is where it goes (app/vault/sealed-json.ts). */
export const INBOX_BUCKET_BYTES = 256;

/** Where an inbox row's payload lies: what its seal is bound to. */
export function inboxPlace(shopId: string, key: { day: string; topic: number; digest: Buffer }) {
  const row = `${key.day}:${String(key.topic)}:${key.digest.toString('hex')}`;
  return { shop: shopId, table: 'inbox', column: 'sealed', row };
}
