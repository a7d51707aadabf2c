import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import { http, HttpResponse, type JsonBodyType, type RequestHandler } from 'msw';

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
