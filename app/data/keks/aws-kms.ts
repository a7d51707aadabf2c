import {
  contextPairs,
  DoesNotOpen,
  type KeyService,
  keyServiceKek,
  ServiceProblem,
} from '#app/data/keks/key-service.ts';
import type { Kek } from '#app/vault/keyring.ts';

export const AWS_PACKAGE = '@aws-sdk/client-kms';

/** What of AWS's package is used. */
export interface AwsKms {
  readonly KMSClient: new (options: Readonly<Record<string, unknown>>) => {
    send(command: unknown): Promise<{ readonly CiphertextBlob?: Uint8Array; readonly Plaintext?: Uint8Array }>;
  };
  readonly EncryptCommand: new (input: Readonly<Record<string, unknown>>) => unknown;
  readonly DecryptCommand: new (input: Readonly<Record<string, unknown>>) => unknown;
}

const KEY_ARN = /^arn:(aws[a-z-]*):kms:([a-z0-9-]+):\d{12}:key\/[\w-]+$/;
/** What AWS answers to bytes that are none of the key's, or belong to another context. */
const DOES_NOT_OPEN = new Set(['InvalidCiphertextException', 'IncorrectKeyException']);
const CONNECT_TIMEOUT_MS = 2_000;
const REQUEST_TIMEOUT_MS = 5_000;

/**
 * A symmetric key of AWS KMS, named by its ARN: an alias could be turned to another key. Who we are is found as AWS's
 * client always finds it (environment, profile, role of the machine).
 *
 * @returns a sentence that says what is wrong with the name, when something is.
 */
export function awsKmsKek(id: string, arn: string, kms: AwsKms): Kek | string {
  const [, partition, region] = KEY_ARN.exec(arn) ?? [];
  if (partition === undefined || region === undefined)
    return 'does not name a key as arn:aws:kms:REGION:ACCOUNT:key/KEY';
  const client = new kms.KMSClient({
    region,
    maxAttempts: 3,
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
  });
  const service: KeyService = {
    encrypt: async (plaintext, context) => {
      const command = new kms.EncryptCommand({
        KeyId: arn,
        Plaintext: plaintext,
        EncryptionContext: contextPairs(context),
      });
      const answer = await client.send(command).catch(refuse);
      return bytesOf(answer.CiphertextBlob);
    },
    decrypt: async (ciphertext, context) => {
      const command = new kms.DecryptCommand({
        KeyId: arn,
        CiphertextBlob: ciphertext,
        EncryptionContext: contextPairs(context),
      });
      const answer = await client.send(command).catch(refuse);
      return bytesOf(answer.Plaintext);
    },
  };
  const host = `kms.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`;
  return keyServiceKek({ id, kind: 'aws-kms', hosts: [host], service });
}

function bytesOf(bytes: Uint8Array | undefined): Buffer {
  if (bytes === undefined) throw new ServiceProblem('its answer is not what AWS documents');
  return Buffer.from(bytes);
}

/** The name of AWS's error is told, its message is not: that quotes the ARN and the caller. */
function refuse(error: unknown): never {
  const name = error instanceof Error ? error.name : '';
  if (DOES_NOT_OPEN.has(name)) throw new DoesNotOpen();
  throw new ServiceProblem(
    /^[A-Za-z]{1,60}$/.test(name) && name !== 'Error' ? `AWS says ${name}` : 'it does not answer',
  );
}
