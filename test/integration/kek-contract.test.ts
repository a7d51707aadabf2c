import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';

import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { type KeyringOptions, openKeyring } from '#app/data/keks/open-keyring.ts';
import { VaultError } from '#app/vault/errors.ts';
import type { Keyring, WrapContext } from '#app/vault/keyring.ts';
import {
  AWS_ARN,
  type FakeFailure,
  type FakeKeyService,
  fakeAwsKms,
  fakeGoogleKms,
  fakeVaultTransit,
  GOOGLE_KEY,
  googleCredentials,
  OTHER_AWS_ARN,
  OTHER_GOOGLE_KEY,
  OTHER_VAULT_KEY,
  VAULT_KEY,
  VAULT_TOKEN,
} from '#test/support/fake-key-services.ts';

const UNOPENABLE = new VaultError('vault.unopenable');
const OPTIONS: KeyringOptions = { vault: { token: VAULT_TOKEN, tokenPath: null, namespace: null } };
const directory = mkdtempSync(join(tmpdir(), 'keks-'));
const encodedKeys = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')] as const;
const server = setupServer();

function keyFile(name: string, contents: string, mode = 0o400): string {
  const path = join(directory, name);
  writeFileSync(path, contents);
  chmodSync(path, mode);
  return path;
}

/** A place where a key may lie: two keys of it, and the service that has them. */
interface Adapter {
  readonly first: string;
  readonly second: string;
  readonly makeService: (() => FakeKeyService) | null;
}

const ADAPTERS: Readonly<Record<string, Adapter>> = {
  settings: { first: `:${encodedKeys[0]}`, second: `:${encodedKeys[1]}`, makeService: null },
  file: {
    first: `=file:${keyFile('one', `${encodedKeys[0]}\n`)}`,
    second: `=file:${keyFile('two', encodedKeys[1])}`,
    makeService: null,
  },
  'aws-kms': { first: `=aws-kms:${AWS_ARN}`, second: `=aws-kms:${OTHER_AWS_ARN}`, makeService: fakeAwsKms },
  'gcp-kms': { first: `=gcp-kms:${GOOGLE_KEY}`, second: `=gcp-kms:${OTHER_GOOGLE_KEY}`, makeService: fakeGoogleKms },
  vault: { first: `=vault:${VAULT_KEY}`, second: `=vault:${OTHER_VAULT_KEY}`, makeService: fakeVaultTransit },
};

beforeAll(() => {
  server.listen({ onUnhandledFrame: 'error' });
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDFORTESTS');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret-for-tests');
  vi.stubEnv('AWS_SESSION_TOKEN', undefined);
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', keyFile('google.json', googleCredentials()));
});
afterEach(() => server.resetHandlers());
afterAll(() => {
  server.close();
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

describe.each(Object.entries(ADAPTERS))('a key with %s', (kind, { first, second, makeService }) => {
  const context: WrapContext = { owner: '0190a000-0000-7000-8000-000000000001', purpose: 'enc', version: 1 };
  const secret = randomBytes(32);
  let service: FakeKeyService | null;
  let keyring: Keyring;

  beforeEach(async () => {
    service = makeService?.() ?? null;
    server.use(...(service?.handlers ?? []));
    keyring = await openKeyring(`new${first},old${second}`, OPTIONS);
  });

  it('wraps under the primary and gives the secret back', async () => {
    const { kekId, wrapped } = await keyring.wrap(secret, context);
    expect(kekId).toBe('new');
    expect(wrapped.includes(secret)).toBe(false);
    expect(await keyring.unwrap('new', wrapped, context)).toEqual(secret);
    expect((await keyring.wrap(secret, context)).wrapped).not.toEqual(wrapped);
    expect(keyring.describe().map((kek) => kek.kind)).toEqual([kind, kind]);
  });

  it('unwraps what an earlier primary wrapped', async () => {
    const before = await (await openKeyring(`old${second}`, OPTIONS)).wrap(secret, context);
    expect(await keyring.unwrap(before.kekId, before.wrapped, context)).toEqual(secret);
  });

  it.each<[string, Partial<WrapContext>]>([
    ['owner', { owner: '0190a000-0000-7000-8000-000000000002' }],
    ['purpose', { purpose: 'email' }],
    ['version', { version: 2 }],
    ['boundary between owner and purpose', { owner: '0190a000-0000-7000-8000-000000000001e', purpose: 'nc' }],
    ['owner that is no text', { owner: '\ud800' }],
  ])('refuses another %s', async (_, other) => {
    const { wrapped } = await keyring.wrap(secret, context);
    await expect(keyring.unwrap('new', wrapped, { ...context, ...other })).rejects.toThrow(UNOPENABLE);
  });

  it('refuses another key, changed, cut and lengthened bytes', async () => {
    const { wrapped } = await keyring.wrap(secret, context);
    await expect(keyring.unwrap('old', wrapped, context)).rejects.toThrow(UNOPENABLE);
    for (let at = 0; at < wrapped.length; at += 1) {
      const changed = Buffer.from(wrapped);
      changed[at] = changed[at]! ^ 1;
      await expect(keyring.unwrap('new', changed, context)).rejects.toThrow(UNOPENABLE);
    }
    for (const bytes of [wrapped.subarray(0, -1), Buffer.alloc(0), Buffer.concat([wrapped, Buffer.of(65)])]) {
      await expect(keyring.unwrap('new', bytes, context)).rejects.toThrow(UNOPENABLE);
    }
  });

  it('takes no secret that is none', async () => {
    for (const bad of [randomBytes(31), randomBytes(33), Buffer.alloc(32)]) {
      await expect(keyring.wrap(bad, context)).rejects.toThrow(new VaultError('vault.bad-key'));
    }
  });

  it('knows its own check value, and no other key does', async () => {
    const check = await keyring.newCheck('new');
    expect(await keyring.fitsCheck('new', check)).toBe(true);
    expect(await keyring.fitsCheck('old', check)).toBe(false);
    expect(await keyring.fitsCheck('new', Buffer.from('something else'))).toBe(false);
    // Whoever has the check value cannot pass it off as a wrapped key.
    await expect(keyring.unwrap('new', check, context)).rejects.toThrow(UNOPENABLE);
  });

  it('shows nothing of a key or a secret when printed', async () => {
    await keyring.wrap(secret, context);
    const printed = inspect(keyring, { depth: 10, showHidden: true }) + JSON.stringify(keyring.describe());
    for (const hidden of [...encodedKeys, VAULT_TOKEN, secret.toString('hex')]) expect(printed).not.toContain(hidden);
  });

  if (makeService === null) return;

  it('names the hosts it needs, which are those it talks to', async () => {
    await keyring.wrap(secret, context);
    const talkedTo = new Set(service?.seen.map((line) => new URL(line.split(' ')[0]!).host));
    for (const host of talkedTo) expect(keyring.describe()[0]?.hosts).toContain(host);
    expect(talkedTo.size).toBe(1);
  });

  it('shows the service ids and nothing that seals', async () => {
    const { wrapped } = await keyring.wrap(secret, context);
    await keyring.unwrap('new', wrapped, context);
    expect(service?.seen).toHaveLength(2);
    // The secret itself, behind which stands the digest of its context, is what the service is there to encrypt.
    const log = service?.seen.join('\n').replaceAll(/"[Pp]laintext":"[^"]*"/g, '') ?? '';
    expect(log).not.toContain(secret.toString('base64').slice(0, 40));
  });

  it('does not open for another context, even with a service that knows of none', async () => {
    service?.ignoreContext();
    const { wrapped } = await keyring.wrap(secret, context);
    expect(await keyring.unwrap('new', wrapped, context)).toEqual(secret);
    for (const other of [{ owner: 'another' }, { purpose: 'email' }, { version: 2 }]) {
      await expect(keyring.unwrap('new', wrapped, { ...context, ...other })).rejects.toThrow(UNOPENABLE);
    }
  });

  it.each<[string, FakeFailure]>([
    ['may not be used', { status: kind === 'aws-kms' ? 400 : 403, type: 'AccessDeniedException' }],
    ['is away', { status: 503, type: 'KMSInternalException' }],
    ['is asked too often', { status: kind === 'aws-kms' ? 400 : 429, type: 'ThrottlingException' }],
    ['has lost the key', { status: kind === 'aws-kms' ? 400 : 404, type: 'NotFoundException' }],
    ['breaks the connection', 'broken'],
  ])('a service that %s is told from bytes that do not open', { timeout: 60_000 }, async (_, failure) => {
    const { wrapped } = await keyring.wrap(secret, context);
    service?.failWith(failure);
    const problems = await Promise.all(
      [keyring.wrap(secret, context), keyring.unwrap('new', wrapped, context), keyring.fitsCheck('new', wrapped)].map(
        (asked) => asked.then(String, (error: unknown) => error),
      ),
    );
    for (const problem of problems) {
      expect(problem).toBeInstanceOf(VaultError);
      expect(problem).toMatchObject({ code: 'vault.kek-unreachable' });
      expect((problem as VaultError).message).toMatch(/^the key "new" cannot be used: [\w ]+$/);
      expect(problem).not.toHaveProperty('cause');
    }
    service?.failWith(null);
    expect(await keyring.unwrap('new', wrapped, context)).toEqual(secret);
  });

  it.each([
    ['no JSON', '<html>'],
    ['JSON of another shape', '{"data":{}}'],
    ['text that is no base64', '{"data":{"plaintext":"*","ciphertext":"*"},"plaintext":"*","ciphertext":"*"}'],
  ])('an answer that is %s gives nothing', { timeout: 60_000 }, async (_, body) => {
    const { http, HttpResponse } = await import('msw');
    const { wrapped } = await keyring.wrap(secret, context);
    const [kek] = keyring.describe();
    server.use(http.post(`https://${kek?.hosts[0] ?? ''}/*`, () => new HttpResponse(body)));
    await expect(keyring.unwrap('new', wrapped, context)).rejects.toThrow(VaultError);
    await expect(keyring.wrap(secret, context)).rejects.toThrow(VaultError);
  });
});
