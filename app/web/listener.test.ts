import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createLogger } from '#app/log.ts';
import { createWebListener } from '#app/web/listener.ts';
import { serve, type Serving } from '#app/web/serve.ts';

let serving: Serving;
let lines: string[];
let handle: (request: Request, requestId: string, clientAddress: string) => Promise<Response>;
let isHealthy: boolean;
let proxies: number;

beforeEach(async () => {
  lines = [];
  isHealthy = true;
  proxies = 0;
  handle = async () => new Response('page');
  const listener = createWebListener({
    origin: 'https://app.example.com',
    get proxies() {
      return proxies;
    },
    staticFiles: (req, res, next) => {
      if (req.url === '/assets/a.js') res.end('file');
      else next();
    },
    handle: (request, { requestId, clientAddress }) => handle(request, requestId, clientAddress),
    isHealthy: async () => isHealthy,
    log: createLogger({ level: 'debug', destination: { write: (line) => lines.push(line) } }),
  });
  serving = await serve(listener, { host: '127.0.0.1', port: 0 });
});
afterEach(() => serving.stop(0));

const get = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${String(serving.port)}${path}`, init);

describe('the web listener', () => {
  it('says whether it can work', async () => {
    expect((await get('/healthz')).status).toBe(200);
    isHealthy = false;
    expect((await get('/healthz')).status).toBe(503);
  });

  it('serves a file of the build before it asks Remix', async () => {
    expect(await (await get('/assets/a.js')).text()).toBe('file');
    expect(await (await get('/app')).text()).toBe('page');
  });

  it('hands Remix the request under its public address, with an id', async () => {
    let seen: unknown[] = [];
    handle = async (request, requestId) => {
      seen = [request.method, request.url, await request.text(), requestId];
      return Response.redirect('https://app.example.com/next');
    };
    const response = await get('/app?x=1', { method: 'POST', body: 'a=b', redirect: 'manual' });
    expect(response.headers.get('location')).toBe('https://app.example.com/next');
    expect(seen).toEqual(['POST', 'https://app.example.com/app?x=1', 'a=b', expect.stringMatching(/^[0-9a-f-]{36}$/)]);
  });

  it.each([
    // Nobody is believed about where they come from unless the operator says that a proxy stands in front.
    [0, '192.0.2.9', '127.0.0.1'],
    [1, '10.0.0.1, 192.0.2.7', '192.0.2.7'],
    [2, '10.0.0.1, 192.0.2.7, 198.51.100.1', '192.0.2.7'],
    // It came past a proxy, or a proxy wrote no address.
    [2, '192.0.2.7', '127.0.0.1'],
    [1, '192.0.2.7, unknown', '127.0.0.1'],
    [1, '2001:db8:1:2:aaaa::1', '2001:db8:1:2::/64'],
  ])('knows where a request comes from behind %i proxies (%s)', async (count, forwarded, expected) => {
    proxies = count;
    let seen = '';
    handle = async (_request, _requestId, clientAddress) => {
      seen = clientAddress;
      return new Response('page');
    };
    await get('/page', { headers: { 'x-forwarded-for': forwarded } });
    expect(seen).toBe(expected);
  });

  it('protects every answer, also one that is not there', async () => {
    handle = async () => new Response('none', { status: 404 });
    const { status, headers } = await get('/nothing');
    expect(status).toBe(404);
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('answers 500 without a detail when Remix throws, and logs nothing of the message', async () => {
    handle = () => Promise.reject(new RangeError('canary@example.com'));
    const response = await get('/app');
    expect([response.status, await response.text()]).toEqual([500, 'Internal Server Error']);
    expect(lines.join('')).toContain('RangeError');
    expect(lines.join('')).not.toContain('canary');
  });

  it('goes on when a client leaves in the middle of an answer', async () => {
    const left = Promise.withResolvers<undefined>();
    handle = async (request) => {
      request.signal.addEventListener('abort', () => {
        left.resolve(undefined);
      });
      return new Response(new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(65_536)) }));
    };
    const leaving = new AbortController();
    const response = await get('/app', { signal: leaving.signal });
    leaving.abort();
    await expect(response.text()).rejects.toThrow();
    await left.promise;
    handle = async () => new Response('page');
    expect((await get('/app')).status).toBe(200);
  });
});
