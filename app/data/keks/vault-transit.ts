import { readFile } from 'node:fs/promises';

import { z } from 'zod';

import {
  contextBytes,
  DoesNotOpen,
  type KeyService,
  keyServiceKek,
  ServiceProblem,
} from '#app/data/keks/key-service.ts';
import { postJson } from '#app/data/keks/post-json.ts';
import type { Kek } from '#app/vault/keyring.ts';

/** How we show the service who we are. */
export interface VaultAccess {
  readonly token: string | null;
  /** A file that holds the token, read anew each time: an agent renews it. */
  readonly tokenPath: string | null;
  readonly namespace: string | null;
}

const encrypted = z.object({ data: z.object({ ciphertext: z.string().startsWith('vault:v') }) });
const decrypted = z.object({ data: z.object({ plaintext: z.base64() }) });
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * A key of HashiCorp Vault's transit engine: `https://vault.example.com:8200/v1/transit/keys/NAME`.
 *
 * @returns a sentence that says what is wrong with the address, when something is.
 */
export function vaultTransitKek(id: string, address: string, access: VaultAccess): Kek | string {
  const url = URL.canParse(address) ? new URL(address) : null;
  const [, mount, name] = /^\/v1\/([\w/-]+)\/keys\/([\w.-]+)$/.exec(url?.pathname ?? '') ?? [];
  if (url === null || mount === undefined || name === undefined || url.search !== '' || url.hash !== '') {
    return 'does not name a key as https://HOST/v1/transit/keys/NAME';
  }
  if (url.username !== '' || url.password !== '') return 'holds credentials; they belong in VAULT_TOKEN_FILE';
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.includes(url.hostname))) {
    return 'is reached without TLS on another machine';
  }
  if (access.token === null && access.tokenPath === null) return 'needs VAULT_TOKEN or VAULT_TOKEN_FILE';

  const call = async (operation: 'encrypt' | 'decrypt', body: Record<string, string>) =>
    postJson(`${url.origin}/v1/${mount}/${operation}/${name}`, body, {
      'x-vault-token': await tokenOf(access),
      'x-vault-request': 'true',
      ...(access.namespace === null ? {} : { 'x-vault-namespace': access.namespace }),
    });
  const service: KeyService = {
    encrypt: async (plaintext, context) => {
      const answer = await call('encrypt', {
        plaintext: plaintext.toString('base64'),
        associated_data: contextBytes(context).toString('base64'),
      });
      const result = encrypted.safeParse(answer.body);
      if (answer.status !== 200 || !result.success) throw refusal(answer.status);
      return Buffer.from(result.data.data.ciphertext);
    },
    decrypt: async (ciphertext, context) => {
      const answer = await call('decrypt', {
        ciphertext: ciphertext.toString('latin1'),
        associated_data: contextBytes(context).toString('base64'),
      });
      if (answer.status === 400) throw new DoesNotOpen();
      const result = decrypted.safeParse(answer.body);
      if (answer.status !== 200 || !result.success) throw refusal(answer.status);
      return Buffer.from(result.data.data.plaintext, 'base64');
    },
  };
  return keyServiceKek({ id, kind: 'vault', hosts: [url.protocol === 'https:' ? url.host : url.origin], service });
}

function refusal(status: number): ServiceProblem {
  if (status === 403) return new ServiceProblem('its token is not accepted or may not use the key');
  if (status === 404) return new ServiceProblem('there is no such key');
  return new ServiceProblem(`it answers with status ${String(status)}`);
}

async function tokenOf({ token, tokenPath }: VaultAccess): Promise<string> {
  if (tokenPath === null) return token ?? '';
  try {
    return (await readFile(tokenPath, 'utf8')).trim();
  } catch {
    throw new ServiceProblem('the file named by VAULT_TOKEN_FILE cannot be read');
  }
}
