import { createCipheriv, createDecipheriv, generateKeyPairSync, randomBytes } from 'node:crypto';

import { http, HttpResponse, type JsonBodyType, type RequestHandler } from 'msw';

export const AWS_ARN = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
export const OTHER_AWS_ARN = AWS_ARN.replace('1234abcd', 'ffffffff');
export const GOOGLE_KEY = 'projects/p-1/locations/europe-west1/keyRings/ring/cryptoKeys/kek';
export const OTHER_GOOGLE_KEY = GOOGLE_KEY.replace(/kek$/, 'other');
export const VAULT_KEY = 'https://vault.example.com:8200/v1/transit/keys/kek';
export const OTHER_VAULT_KEY = VAULT_KEY.replace(/kek$/, 'other');
export const VAULT_TOKEN = 'hvs.for-tests';

/** What stands in for a key service behind HTTP: as strict as the real one about who asks and for which context. */
export interface FakeKeyService {
  readonly handlers: RequestHandler[];
  /** Every request that was answered, as text: what the service's log could hold. */
  readonly seen: string[];
  /** Answers every request with this from now on; null: as it should. */
  failWith(failure: FakeFailure | null): void;
  /** Forgets the context that belongs to a ciphertext, as a service would that does not know of contexts. */
  ignoreContext(): void;
}

/** A status, an error of AWS's with that status, or a connection that breaks. */
export type FakeFailure = { readonly status: number; readonly type?: string } | 'broken';

class Box {
  readonly #keys = new Map<string, Buffer>();
  isContextIgnored = false;

  encrypt(name: string, plaintext: Buffer, context: string): Buffer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#keyOf(name), nonce, { authTagLength: 16 });
    cipher.setAAD(Buffer.from(this.isContextIgnored ? '' : context));
    return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  }

  decrypt(name: string, ciphertext: Buffer, context: string): Buffer | null {
    if (ciphertext.length < 28) return null;
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#keyOf(name), ciphertext.subarray(0, 12), {
        authTagLength: 16,
      });
      decipher.setAAD(Buffer.from(this.isContextIgnored ? '' : context));
      decipher.setAuthTag(ciphertext.subarray(-16));
      return Buffer.concat([decipher.update(ciphertext.subarray(12, -16)), decipher.final()]);
    } catch {
      return null;
    }
  }

  #keyOf(name: string): Buffer {
    const key = this.#keys.get(name) ?? randomBytes(32);
    this.#keys.set(name, key);
    return key;
  }
}

/** The frame the three have in common. */
function fake(
  url: string,
  answer: (request: Request, box: Box, text: string) => HttpResponse<JsonBodyType>,
): FakeKeyService {
  const box = new Box();
  const seen: string[] = [];
  let failure: FakeFailure | null = null;
  const handler = http.post(url, async ({ request }) => {
    const text = await request.text();
    seen.push(`${request.url} ${text}`);
    if (failure === 'broken') return HttpResponse.error();
    if (failure !== null)
      return HttpResponse.json({ __type: failure.type ?? '', errors: [] }, { status: failure.status });
    return answer(request, box, text);
  });
  return {
    handlers: [handler],
    seen,
    failWith: (next) => {
      failure = next;
    },
    ignoreContext: () => {
      box.isContextIgnored = true;
    },
  };
}

interface AwsCall {
  KeyId: string;
  Plaintext?: string;
  CiphertextBlob?: string;
  EncryptionContext?: Record<string, string>;
}

export function fakeAwsKms(): FakeKeyService {
  return fake('https://kms.eu-central-1.amazonaws.com/', (request, box, text) => {
    if (request.headers.get('authorization')?.startsWith('AWS4-HMAC-SHA256 Credential=AKIDFORTESTS/') !== true) {
      return HttpResponse.json({ __type: 'MissingAuthenticationTokenException' }, { status: 400 });
    }
    const call = JSON.parse(text) as AwsCall;
    const context = JSON.stringify(Object.entries(call.EncryptionContext ?? {}).sort());
    if (request.headers.get('x-amz-target') === 'TrentService.Encrypt') {
      const blob = box.encrypt(call.KeyId, Buffer.from(call.Plaintext ?? '', 'base64'), context);
      return HttpResponse.json({ CiphertextBlob: blob.toString('base64'), KeyId: call.KeyId });
    }
    const plaintext = box.decrypt(call.KeyId, Buffer.from(call.CiphertextBlob ?? '', 'base64'), context);
    if (plaintext === null) return HttpResponse.json({ __type: 'InvalidCiphertextException' }, { status: 400 });
    return HttpResponse.json({ Plaintext: plaintext.toString('base64'), KeyId: call.KeyId });
  });
}

interface GoogleCall {
  plaintext?: string;
  ciphertext?: string;
  additionalAuthenticatedData?: string;
}

export function fakeGoogleKms(): FakeKeyService {
  const service = fake('https://cloudkms.googleapis.com/v1/*', (request, box, text) => {
    if (request.headers.get('authorization') !== 'Bearer token-for-tests')
      return HttpResponse.json({}, { status: 401 });
    const [, name = '', operation] = /\/v1\/(.+):(encrypt|decrypt)$/.exec(request.url) ?? [];
    const call = JSON.parse(text) as GoogleCall;
    const context = call.additionalAuthenticatedData ?? '';
    if (operation === 'encrypt') {
      const ciphertext = box.encrypt(name, Buffer.from(call.plaintext ?? '', 'base64'), context);
      return HttpResponse.json({ name: `${name}/cryptoKeyVersions/1`, ciphertext: ciphertext.toString('base64') });
    }
    const plaintext = box.decrypt(name, Buffer.from(call.ciphertext ?? '', 'base64'), context);
    if (plaintext === null) return HttpResponse.json({ error: { status: 'INVALID_ARGUMENT' } }, { status: 400 });
    return HttpResponse.json({ plaintext: plaintext.toString('base64') });
  });
  const token = http.post('https://oauth2.googleapis.com/token', () =>
    HttpResponse.json({ access_token: 'token-for-tests', expires_in: 3600, token_type: 'Bearer' }),
  );
  return { ...service, handlers: [...service.handlers, token] };
}

/** The contents of a service account's file with a key of its own. */
export function googleCredentials(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return JSON.stringify({
    type: 'service_account',
    project_id: 'p-1',
    client_email: 'app@p-1.iam.gserviceaccount.com',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  });
}

interface VaultCall {
  plaintext?: string;
  ciphertext?: string;
  associated_data?: string;
}

export function fakeVaultTransit(): FakeKeyService {
  return fake('https://vault.example.com:8200/v1/transit/:operation/:name', (request, box, text) => {
    if (request.headers.get('x-vault-token') !== VAULT_TOKEN) {
      return HttpResponse.json({ errors: ['permission denied'] }, { status: 403 });
    }
    const [, operation, name = ''] = /\/transit\/(\w+)\/(\w+)$/.exec(request.url) ?? [];
    const call = JSON.parse(text) as VaultCall;
    const context = call.associated_data ?? '';
    if (operation === 'encrypt') {
      const ciphertext = box.encrypt(name, Buffer.from(call.plaintext ?? '', 'base64'), context);
      return HttpResponse.json({ data: { ciphertext: `vault:v1:${ciphertext.toString('base64')}`, key_version: 1 } });
    }
    const [, , encoded = ''] = (call.ciphertext ?? '').split(':');
    const isOurs = call.ciphertext?.startsWith('vault:v1:') === true;
    const bytes = Buffer.from(encoded, 'base64');
    const isWhole = bytes.toString('base64') === encoded;
    const plaintext = isOurs && isWhole ? box.decrypt(name, bytes, context) : null;
    if (plaintext === null) return HttpResponse.json({ errors: ['invalid ciphertext'] }, { status: 400 });
    return HttpResponse.json({ data: { plaintext: plaintext.toString('base64') } });
  });
}
