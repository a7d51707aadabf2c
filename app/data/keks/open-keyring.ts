import { readKeyFile } from '#app/data/keks/key-file.ts';
import { type VaultAccess, vaultTransitKek } from '#app/data/keks/vault-transit.ts';
import { VaultError } from '#app/vault/errors.ts';
import {
  createKeyring,
  type Kek,
  type Keyring,
  type KeyringEntry,
  parseKeyringEntries,
  writtenOutKek,
} from '#app/vault/keyring.ts';

export interface KeyringOptions {
  readonly vault: VaultAccess;
}

/** Where a key may lie: what stands between `=` and the next colon. */
export const KEK_SCHEMES = ['file', 'vault'] as const;

/**
 * The keyring of `CART_INSIGHTS_KEKS`, wherever its keys lie. Nothing is asked of a key service yet.
 *
 * @throws VaultError `vault.bad-keyring` with one message that says which entry is wrong and how, never what a key is.
 */
export async function openKeyring(text: string, options: KeyringOptions): Promise<Keyring> {
  const keks: Kek[] = [];
  for (const entry of parseKeyringEntries(text)) {
    const kek = entry.scheme === null ? writtenOutKek(entry) : await kekElsewhere(entry, options);
    if (typeof kek === 'string') throw unusable(`${entry.nth} ${kek}`);
    keks.push(kek);
  }
  await requireDifferent(keks);
  return createKeyring(keks);
}

async function kekElsewhere(entry: KeyringEntry, { vault }: KeyringOptions): Promise<Kek | string> {
  const { id, scheme, value } = entry;
  switch (scheme) {
    case 'file': {
      const file = await readKeyFile(value);
      return typeof file === 'string' ? file : writtenOutKek({ ...entry, value: file.text }, 'file');
    }
    case 'vault':
      return vaultTransitKek(id, value, vault);
    default:
      return `names a place we do not know; there are ${KEK_SCHEMES.join(', ')}`;
  }
}

/** One key under two ids would be retired by half. Keys that are at hand give themselves away by their check values. */
async function requireDifferent(keks: readonly Kek[]): Promise<void> {
  const seen = new Set<string>();
  for (const kek of keks.filter(({ hosts }) => hosts.length === 0)) {
    const check = (await kek.newCheck()).toString('hex');
    if (seen.has(check)) throw unusable(`the key "${kek.id}" is there under another id as well`);
    seen.add(check);
  }
}

function unusable(problem: string): VaultError {
  return new VaultError('vault.bad-keyring', `The keyring cannot be used: ${problem}`);
}
