import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, describe, expect, it } from 'vitest';

import { readKeyFile } from '#app/data/keks/key-file.ts';
import { type KeyringOptions, type Loaders, openKeyring } from '#app/data/keks/open-keyring.ts';
import { AWS_ARN, GOOGLE_KEY, VAULT_KEY } from '#test/support/fake-key-services.ts';

const directory = mkdtempSync(join(tmpdir(), 'keks-'));
const key = randomBytes(32).toString('base64');
const NO_VAULT: KeyringOptions = { vault: { token: null, tokenPath: null, namespace: null } };
const WITH_TOKEN: KeyringOptions = { vault: { token: 'hvs.x', tokenPath: null, namespace: null } };

afterAll(() => rmSync(directory, { recursive: true }));

function keyFile(name: string, contents: string, mode: number): string {
  const path = join(directory, name);
  writeFileSync(path, contents);
  chmodSync(path, mode);
  return path;
}

const problemOf = (text: string, options = WITH_TOKEN, loaders?: Loaders) =>
  openKeyring(text, options, loaders).then(
    () => null,
    (error: unknown) => (error as Error).message.replace('The keyring cannot be used: ', ''),
  );

describe('openKeyring', () => {
  it('takes keys from several places, the first primary', async () => {
    const other = keyFile('mixed', randomBytes(32).toString('base64'), 0o400);
    const text = `kms=aws-kms:${AWS_ARN}, now:${key} ,file-1=file:${other},v=vault:${VAULT_KEY},g=gcp-kms:${GOOGLE_KEY}`;
    const keyring = await openKeyring(text, WITH_TOKEN);
    expect(keyring.primaryId).toBe('kms');
    expect(keyring.describe()).toEqual([
      { id: 'kms', kind: 'aws-kms', hosts: ['kms.eu-central-1.amazonaws.com'] },
      { id: 'now', kind: 'settings', hosts: [] },
      { id: 'file-1', kind: 'file', hosts: [] },
      { id: 'v', kind: 'vault', hosts: ['vault.example.com:8200'] },
      { id: 'g', kind: 'gcp-kms', hosts: expect.arrayContaining(['cloudkms.googleapis.com', 'oauth2.googleapis.com']) },
    ]);
  });

  it('says what is wrong in one sentence', async () => {
    const vault = 'https://vault.example.com:8200/v1/transit/keys/kek';
    const cases: [string, string][] = [
      ['a=ftp:x', 'entry 1 names a place we do not know; there are file, aws-kms, gcp-kms, vault'],
      [`n:${key},a=aws-kms:alias/x`, 'entry 2 does not name a key as arn:aws:kms:REGION:ACCOUNT:key/KEY'],
      [
        `a=aws-kms:${AWS_ARN.replace('key/', 'alias/')}`,
        'entry 1 does not name a key as arn:aws:kms:REGION:ACCOUNT:key/KEY',
      ],
      ['a=gcp-kms:kek', 'entry 1 does not name a key as projects/P/locations/L/keyRings/R/cryptoKeys/K'],
      ['a=vault:transit/kek', 'entry 1 does not name a key as https://HOST/v1/transit/keys/NAME'],
      [`a=vault:${vault}?x=1`, 'entry 1 does not name a key as https://HOST/v1/transit/keys/NAME'],
      [`a=vault:${vault.replace('//', '//u:p@')}`, 'entry 1 holds credentials; they belong in VAULT_TOKEN_FILE'],
      [`a=vault:${vault.replace('https', 'http')}`, 'entry 1 is reached without TLS on another machine'],
      ['a=file:kek', 'entry 1 does not name a file by its full path'],
      [`a=file:${join(directory, 'none')}`, 'entry 1 names a file that does not exist or cannot be read'],
      [`a=file:${keyFile('short', 'abc', 0o400)}`, 'entry 1 is not 32 bytes in base64'],
      [`a:${key},b=file:${keyFile('same', `${key}\n`, 0o400)}`, 'the key "b" is there under another id as well'],
      [`a=vault:${vault},b=vault:${vault}`, 'entry 2 repeats a key'],
    ];
    for (const [text, problem] of cases) expect(await problemOf(text)).toBe(problem);
    expect(await problemOf(`a=vault:${vault}`, NO_VAULT)).toBe('entry 1 needs VAULT_TOKEN or VAULT_TOKEN_FILE');
  });

  it('allows an agent on this machine to be reached without TLS', async () => {
    expect(await problemOf('a=vault:http://127.0.0.1:8200/v1/transit/keys/kek')).toBeNull();
  });

  it('says which package is missing, and hides no other failure', async () => {
    const rejecting = (code: string) => () => Promise.reject(Object.assign(new Error('no'), { code }));
    const without: Loaders = {
      aws: rejecting('ERR_MODULE_NOT_FOUND'),
      google: rejecting('ERR_MODULE_NOT_FOUND'),
    };
    expect(await problemOf(`a=aws-kms:${AWS_ARN}`, NO_VAULT, without)).toBe(
      'entry 1 needs the package @aws-sdk/client-kms, which is not installed: npm install --no-save @aws-sdk/client-kms',
    );
    expect(await problemOf(`a=gcp-kms:${GOOGLE_KEY}`, NO_VAULT, without)).toBe(
      'entry 1 needs the package google-auth-library, which is not installed: npm install --no-save google-auth-library',
    );
    const broken = { ...without, aws: rejecting('ERR_SOMETHING') };
    expect(await problemOf(`a=aws-kms:${AWS_ARN}`, NO_VAULT, broken)).toBe('no');
  });

  it('loads no package that no key asks for', async () => {
    const never: Loaders = {
      aws: () => Promise.reject(new Error('loaded')),
      google: () => Promise.reject(new Error('loaded')),
    };
    expect(await problemOf(`a:${key},b=vault:${VAULT_KEY}`, WITH_TOKEN, never)).toBeNull();
  });

  it('reads the token of Vault anew each time, and sends its namespace', async () => {
    const tokens: (string | null)[] = [];
    const server = setupServer(
      http.post('https://vault.example.com:8200/v1/transit/encrypt/kek', ({ request }) => {
        tokens.push(`${request.headers.get('x-vault-token') ?? ''} ${request.headers.get('x-vault-namespace') ?? ''}`);
        return HttpResponse.json({ data: { ciphertext: 'vault:v1:eA==' } });
      }),
    );
    server.listen({ onUnhandledFrame: 'error' });
    try {
      const tokenPath = keyFile('token', 'one\n', 0o600);
      const keyring = await openKeyring(`a=vault:${VAULT_KEY}`, {
        vault: { token: null, tokenPath, namespace: 'team' },
      });
      const context = { owner: 'o', purpose: 'p', version: 1 };
      await keyring.wrap(randomBytes(32), context);
      writeFileSync(tokenPath, 'two\n');
      await keyring.wrap(randomBytes(32), context);
      expect(tokens).toEqual(['one team', 'two team']);
      rmSync(tokenPath);
      await expect(keyring.wrap(randomBytes(32), context)).rejects.toMatchObject({
        code: 'vault.kek-unreachable',
        message: 'the key "a" cannot be used: the file named by VAULT_TOKEN_FILE cannot be read',
      });
    } finally {
      server.close();
    }
  });
});

describe('readKeyFile', () => {
  const us = process.getuid?.() ?? null;
  const others = 'names a file that others may read or write: chmod 0400';

  it.each([0o400, 0o600])('takes a file of ours that only we can read (%o)', async (mode) => {
    expect(await readKeyFile(keyFile(`ours-${String(mode)}`, ` ${key}\n`, mode))).toEqual({ text: key });
  });

  it.each([0o440, 0o404, 0o640, 0o602, 0o620, 0o644, 0o777])(
    'refuses one of ours that others can read or write (%o)',
    async (mode) => {
      expect(await readKeyFile(keyFile(`ours-${String(mode)}`, key, mode))).toBe(others);
    },
  );

  it.each([
    [0o440, true],
    [0o400, true],
    [0o444, false],
    [0o460, false],
  ])('of a file of root, a group may read and nobody else (%o)', async (mode, isTaken) => {
    if (us !== 0) return;
    const read = await readKeyFile(keyFile(`root-${String(mode)}`, key, mode), 1000);
    expect(read).toEqual(isTaken ? { text: key } : others);
  });

  it('refuses a file of somebody else', async () => {
    if (us === null || us === 0) return;
    expect(await readKeyFile(keyFile('theirs', key, 0o400), us + 1)).toBe('names a file that belongs to somebody else');
  });

  it('refuses directories, devices and files too long for a key, and follows a link to the file itself', async () => {
    mkdirSync(join(directory, 'folder'), { mode: 0o700 });
    expect(await readKeyFile(join(directory, 'folder'))).toBe('does not name a plain file');
    expect(await readKeyFile('/dev/null')).toBe('does not name a plain file');
    const long = 'names a file that is no key: 32 bytes in base64, and nothing else';
    expect(await readKeyFile(keyFile('long', 'x'.repeat(101), 0o400))).toBe(long);
    symlinkSync(keyFile('target', key, 0o644), join(directory, 'link'));
    expect(await readKeyFile(join(directory, 'link'))).toBe(others);
  });

  it('looks at no rights where there are no users', async () => {
    expect(await readKeyFile(keyFile('windows', key, 0o644), null)).toEqual({ text: key });
  });
});
