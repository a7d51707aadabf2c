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

export const GOOGLE_PACKAGE = 'google-auth-library';

/** What of Google's package is used. */
export interface GoogleAuthentication {
  readonly GoogleAuth: new (options: { readonly scopes: string }) => {
    getAccessToken(): Promise<string | null | undefined>;
  };
}

const KEY_NAME = /^projects\/[\w:.-]+\/locations\/[\w-]+\/keyRings\/[\w-]+\/cryptoKeys\/[\w-]+$/;
const HOST = 'cloudkms.googleapis.com';
/** Where Google's library may ask who we are: a service account, a workload identity, the machine we run on. */
const AUTHENTICATION_HOSTS = [
  'oauth2.googleapis.com',
  'sts.googleapis.com',
  'iamcredentials.googleapis.com',
  'http://metadata.google.internal',
  'http://169.254.169.254',
];
const SCOPE = 'https://www.googleapis.com/auth/cloudkms';
const encrypted = z.object({ ciphertext: z.base64() });
/** Google leaves empty bytes out. */
const decrypted = z.object({ plaintext: z.base64().default('') });

/**
 * A symmetric key of Google Cloud KMS, over its REST API: two calls do not need a client with gRPC in it. Who we are is
 * found by Google's own library (application default credentials).
 *
 * @returns a sentence that says what is wrong with the name, when something is.
 */
export function gcpKmsKek(id: string, name: string, { GoogleAuth }: GoogleAuthentication): Kek | string {
  if (!KEY_NAME.test(name)) return 'does not name a key as projects/P/locations/L/keyRings/R/cryptoKeys/K';
  const auth = new GoogleAuth({ scopes: SCOPE });
  const call = async (operation: 'encrypt' | 'decrypt', body: Record<string, string>) => {
    const token = await auth.getAccessToken().catch(() => null);
    if (typeof token !== 'string') throw new ServiceProblem('Google gives us no access token');
    return postJson(`https://${HOST}/v1/${name}:${operation}`, body, { authorization: `Bearer ${token}` });
  };
  const service: KeyService = {
    encrypt: async (plaintext, context) => {
      const answer = await call('encrypt', {
        plaintext: plaintext.toString('base64'),
        additionalAuthenticatedData: contextBytes(context).toString('base64'),
      });
      const result = encrypted.safeParse(answer.body);
      if (answer.status !== 200 || !result.success) throw refusal(answer.status);
      return Buffer.from(result.data.ciphertext, 'base64');
    },
    decrypt: async (ciphertext, context) => {
      const answer = await call('decrypt', {
        ciphertext: ciphertext.toString('base64'),
        additionalAuthenticatedData: contextBytes(context).toString('base64'),
      });
      if (answer.status === 400) throw new DoesNotOpen();
      const result = decrypted.safeParse(answer.body);
      if (answer.status !== 200 || !result.success) throw refusal(answer.status);
      return Buffer.from(result.data.plaintext, 'base64');
    },
  };
  return keyServiceKek({ id, kind: 'gcp-kms', hosts: [HOST, ...AUTHENTICATION_HOSTS], service });
}

function refusal(status: number): ServiceProblem {
  if (status === 401 || status === 403) return new ServiceProblem('we may not use the key');
  if (status === 404) return new ServiceProblem('there is no such key');
  return new ServiceProblem(`it answers with status ${String(status)}`);
}
