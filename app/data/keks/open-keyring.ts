import { AWS_PACKAGE, type AwsKms, awsKmsKek } from '#app/data/keks/aws-kms.ts';
import { gcpKmsKek, GOOGLE_PACKAGE, type GoogleAuthentication } from '#app/data/keks/gcp-kms.ts';
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

/**
 * Packages that only some installations need: each is loaded when a key asks for it. By a name that is computed, so that
 * neither the compiler nor the build wants them.
 */
export interface Loaders {
  readonly aws: () => Promise<AwsKms>;
  readonly google: () => Promise<GoogleAuthentication>;
}
const load = async (name: string): Promise<unknown> => import(name);
const LOADERS: Loaders = {
  aws: async () => (await load(AWS_PACKAGE)) as AwsKms,
  google: async () => (await load(GOOGLE_PACKAGE)) as GoogleAuthentication,
};

export interface KeyringOptions {
  readonly vault: VaultAccess;
}

/** Where a key may lie: what stands between `=` and the next colon. */
export const KEK_SCHEMES = ['file', 'aws-kms', 'gcp-kms', 'vault'] as const;

/**
 * The keyring of `CART_INSIGHTS_KEKS`, wherever its keys lie. Nothing is asked of a key service yet.
 *
 * @throws VaultError `vault.bad-keyring` with one message that says which entry is wrong and how, never what a key is.
 */
export async function openKeyring(text: string, options: KeyringOptions, loaders: Loaders = LOADERS): Promise<Keyring> {
  const keks: Kek[] = [];
  for (const entry of parseKeyringEntries(text)) {
    const kek = entry.scheme === null ? writtenOutKek(entry) : await kekElsewhere(entry, options, loaders);
    if (typeof kek === 'string') throw unusable(`${entry.nth} ${kek}`);
    keks.push(kek);
  }
  await requireDifferent(keks);
  return createKeyring(keks);
}

async function kekElsewhere(entry: KeyringEntry, { vault }: KeyringOptions, loaders: Loaders): Promise<Kek | string> {
  const { id, scheme, value } = entry;
  switch (scheme) {
    case 'file': {
      const file = await readKeyFile(value);
      return typeof file === 'string' ? file : writtenOutKek({ ...entry, value: file.text }, 'file');
    }
    case 'aws-kms': {
      const kms = await loaders.aws().catch(ifMissing);
      return kms === null ? missing(AWS_PACKAGE) : awsKmsKek(id, value, kms);
    }
    case 'gcp-kms': {
      const auth = await loaders.google().catch(ifMissing);
      return auth === null ? missing(GOOGLE_PACKAGE) : gcpKmsKek(id, value, auth);
    }
    case 'vault':
      return vaultTransitKek(id, value, vault);
    default:
      return `names a place we do not know; there are ${KEK_SCHEMES.join(', ')}`;
  }
}

function ifMissing(error: unknown): null {
  const code = (error as { code?: unknown }).code;
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return null;
  throw error;
}

function missing(name: string): string {
  return `needs the package ${name}, which is not installed: npm install --no-save ${name}`;
}

/** Every host that the keyring has to reach: for the list of those whom a program may ask. */
export function kekHosts(keyring: Keyring): string[] {
  return keyring.describe().flatMap(({ hosts }) => hosts);
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
