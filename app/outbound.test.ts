import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createLogger } from '#app/log.ts';
import { guardedFetch, isAllowedOutbound } from '#app/outbound.ts';

const hosts = ['*.myshopify.com', 'kms.example.com', 'vault.example.com:8200', 'http://127.0.0.1:8100'];

describe('whom the programs may ask', () => {
  it.each([
    'https://a.myshopify.com/admin/api/2026-10/graphql.json',
    'https://kms.example.com/v1',
    'https://vault.example.com:8200/v1/transit/encrypt/kek',
    'http://127.0.0.1:8100/v1/transit/encrypt/kek',
  ])('%s', (address) => {
    expect(isAllowedOutbound(address, hosts)).toBe(true);
  });

  it.each([
    'http://a.myshopify.com/',
    'https://myshopify.com/',
    'https://.myshopify.com/',
    'https://a.b.myshopify.com/',
    'https://a.myshopify.com.evil.example/',
    'https://evilmyshopify.com/',
    'https://a.myshopify.com:8443/',
    'https://kms.example.com:8443/',
    'https://vault.example.com/',
    'http://vault.example.com:8200/',
    'http://127.0.0.1/',
    'http://user@127.0.0.1:8100/',
    'https://user@a.myshopify.com/',
    'https://evil.example/?a.myshopify.com',
    'https://kms.example.com.evil.example/',
    'file:///etc/passwd',
    'nonsense',
  ])('not %s', (address) => {
    expect(isAllowedOutbound(address, hosts)).toBe(false);
  });
});

describe('a guarded fetch', () => {
  const asked: string[] = [];
  const server = setupServer(
    http.all('https://shop.myshopify.com/moved', () => HttpResponse.redirect('https://evil.example/', 302)),
    http.all('*', ({ request }) => {
      asked.push(new URL(request.url).host);
      return HttpResponse.text('answer');
    }),
  );
  beforeAll(() => server.listen());
  afterAll(() => server.close());
  const lines: string[] = [];
  const log = createLogger({ level: 'debug', destination: { write: (line) => lines.push(line) } });
  const send = () => guardedFetch(globalThis.fetch, hosts, log);

  it('reaches who is on the list', async () => {
    expect(await (await send()('https://shop.myshopify.com/x')).text()).toBe('answer');
    expect(await (await send()(new Request('https://shop.myshopify.com/x'))).text()).toBe('answer');
  });

  it('asks nobody else, and tells nobody whom it was to ask', async () => {
    asked.length = 0;
    await expect(send()('https://evil.example/amina@shop.example')).rejects.toMatchObject({ code: 'outbound.refused' });
    await expect(send()(new Request('https://evil.example/'))).rejects.toMatchObject({ code: 'outbound.refused' });
    expect(asked).toEqual([]);
    expect(lines.join('')).toContain('outbound.refused');
    expect(lines.join('')).not.toContain('evil.example');
    // Control: unguarded, it would have been asked.
    await fetch('https://evil.example/');
    expect(asked).toEqual(['evil.example']);
  });

  it('does not go where an answer sends it', async () => {
    asked.length = 0;
    await expect(send()('https://shop.myshopify.com/moved')).rejects.toThrow();
    expect(asked).toEqual([]);
  });
});
