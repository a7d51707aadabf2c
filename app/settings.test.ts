import { randomBytes } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { readSettings, SettingsError, type Program } from '#app/settings.ts';

const key = randomBytes(32).toString('base64');

const COMPLETE = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgresql://app:s3cret-pw@localhost/ci?host=%2Frun%2Fpostgresql',
  SHOPIFY_API_KEY: '0123456789abcdef0123456789abcdef',
  SHOPIFY_API_SECRET: 'shpss-0123456789abcdef',
  SHOPIFY_APP_URL: 'https://app.example.com',
  CART_INSIGHTS_KEKS: `k2:${key},k1:${key}`,
};

function problems(env: Record<string, string | undefined>, program: Program = 'start'): readonly string[] {
  try {
    readSettings(env, program);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

describe('settings', () => {
  it('are typed and have defaults', () => {
    expect(readSettings({ ...COMPLETE, PORT: '8080' }, 'start')).toEqual({
      isProduction: true,
      checkpointDirectory: null,
      logLevel: 'info',
      databaseUrl: COMPLETE.DATABASE_URL,
      deployDatabaseUrl: COMPLETE.DATABASE_URL,
      shopifyApiKey: COMPLETE.SHOPIFY_API_KEY,
      shopifyApiSecret: COMPLETE.SHOPIFY_API_SECRET,
      otherShopifyApiSecret: null,
      shopifyAppUrl: 'https://app.example.com',
      keks: COMPLETE.CART_INSIGHTS_KEKS,
      mail: null,
      vault: { token: null, tokenPath: null, namespace: null },
      host: '127.0.0.1',
      scanPaths: [],
      port: 8080,
      proxies: 0,
      edgePort: 3001,
      workerPort: null,
      backupDays: null,
    });
  });

  it('believe no proxy that nobody stated', () => {
    expect(readSettings({ ...COMPLETE, CART_INSIGHTS_PROXIES: '2' }, 'web').proxies).toBe(2);
    for (const wrong of ['-1', '10', 'true'])
      expect(problems({ ...COMPLETE, CART_INSIGHTS_PROXIES: wrong })).toHaveLength(1);
  });

  it('takes a mail server with a sender, in production over TLS', () => {
    const mail = { SMTP_URL: 'smtp://user:pw@mail.example.com:587', MAIL_FROM: 'Cart Insights <app@example.com>' };
    const { SMTP_URL: smtpUrl, MAIL_FROM: from } = mail;
    expect(readSettings({ ...COMPLETE, ...mail }, 'worker').mail).toEqual({ smtpUrl, from, requiresTls: true });
    expect(problems({ ...COMPLETE, SMTP_URL: smtpUrl })).toEqual(['MAIL_FROM is missing: mails need a sender']);
    for (const url of ['http://mail.example.com', 'smtp://mail.example.com?requireTLS=false', 'mail.example.com'])
      expect(problems({ ...COMPLETE, ...mail, SMTP_URL: url })).toHaveLength(1);
    expect(problems({ ...COMPLETE, ...mail, MAIL_FROM: 'a@b.c\r\nBcc: d@e.f' })).toHaveLength(1);
  });

  it('names every setting at fault in one message and tells no value', () => {
    const env = {
      NODE_ENV: 'prod-value',
      DATABASE_URL: 'mysql://root:s3cret-pw@db/ci',
      SHOPIFY_API_SECRET: 'two words',
      SHOPIFY_APP_URL: 'ftp://leaked.example.com',
      CART_INSIGHTS_KEKS: `k1:${key},Key2:tooshort`,
      PORT: '99999',
      EDGE_PORT: '',
      LOG_LEVEL: 'loudly',
    };
    const found = problems(env);
    expect(found.map((problem) => problem.split(' ', 1)[0]).sort()).toEqual(
      [
        'CART_INSIGHTS_KEKS',
        'DATABASE_URL',
        'LOG_LEVEL',
        'NODE_ENV',
        'PORT',
        'SHOPIFY_API_KEY',
        'SHOPIFY_API_SECRET',
        'SHOPIFY_APP_URL',
      ].sort(),
    );
    const message = new SettingsError(found).message;
    for (const value of Object.values(env)) if (value !== '') expect(message).not.toContain(value);
    expect(message).not.toContain('s3cret-pw');
    expect(message).toContain('SHOPIFY_API_KEY is missing');
  });

  it('are asked for only by the programs that need them', () => {
    expect(problems({}, 'deploy')).toEqual(['DATABASE_URL is missing']);
    expect(problems({ ...COMPLETE, SHOPIFY_API_KEY: undefined, SHOPIFY_APP_URL: undefined }, 'edge')).toEqual([]);
    expect(problems({ ...COMPLETE, SHOPIFY_APP_URL: undefined }, 'worker')).toEqual([]);
    expect(problems({ ...COMPLETE, PORT: 'x' }, 'worker')).toEqual([]);
    expect(problems({}, 'web')).toHaveLength(5);
  });

  it('take for checkpoints a directory, and nothing else', () => {
    const wanted = (path: string) => problems({ ...COMPLETE, CART_INSIGHTS_CHECKPOINT_DIRECTORY: path }, 'worker');
    expect(wanted(import.meta.dirname)).toEqual([]);
    expect(wanted(import.meta.filename)).toHaveLength(1);
    expect(wanted('/nowhere/at/all')).toHaveLength(1);
  });

  it('insist on HTTPS for the app in production', () => {
    const env = { ...COMPLETE, SHOPIFY_APP_URL: 'http://app.example.com' };
    expect(problems(env)).toEqual(['SHOPIFY_APP_URL must use HTTPS in production']);
    expect(problems({ ...env, NODE_ENV: 'development' })).toEqual([]);
    for (const url of ['https://app.example.com/app', 'https://user:s3cret-pw@app.example.com'])
      expect(problems({ ...COMPLETE, SHOPIFY_APP_URL: url })).toHaveLength(1);
  });

  it.each([
    ['postgresql://u:p@db.example.com/ci', false],
    ['postgresql://u:p@localhost/ci', false],
    ['postgresql://u:p@db.example.com/ci?sslmode=require', false],
    ['postgresql://u:p@db.example.com/ci?sslmode=verify-ca', false],
    ['postgresql://u:p@db.example.com/ci?sslmode=verify-full', true],
    ['postgresql://u:p@db.example.com:6432/ci?sslmode=verify-full&sslrootcert=/nowhere/ca.pem', false],
    ['postgresql://u:p@localhost/ci?host=/run/postgresql', true],
    ['postgresql://u:p@%2Frun%2Fpostgresql/ci', true],
    ['postgresql://u@/ci?host=/run/postgresql', true],
    ['postgresql://u:p@localhost/ci?host=db.example.com', false],
    ['postgresql://u:p@localhost/?host=/run/postgresql', false],
  ])('accept %s in production: %s', (url, isAccepted) => {
    expect(problems({ ...COMPLETE, DATABASE_URL: url })).toHaveLength(isAccepted ? 0 : 1);
    expect(problems({ ...COMPLETE, DEPLOY_DATABASE_URL: url }, 'deploy')).toHaveLength(isAccepted ? 0 : 1);
  });
});
