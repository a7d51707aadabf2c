import { createServer } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFront, type AppTargets } from './front.ts';
import { closeServer, listen } from './http.ts';
import { replaceStream } from './replace-stream.ts';

const ADMIN = 'http://127.0.0.1:4999';
const PAGE = '<script src="https://cdn.shopify.com/shopifycloud/app-bridge.js"></script><p>é</p>';
const web = createServer((request, response) => {
  if (request.url === '/out') {
    response.writeHead(302, { location: 'https://admin.shopify.com/store/atelier-nord/apps/key' }).end();
    return;
  }
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(PAGE),
    'content-security-policy':
      "script-src 'self' https://cdn.shopify.com; frame-ancestors https://atelier-nord.myshopify.com https://admin.shopify.com",
    link: '</assets/a.js>; rel="modulepreload", <https://cdn.shopify.com/shopifycloud/app-bridge.js>; rel="preload"; as="script"',
  });
  response.write(PAGE.slice(0, 30)); // in the middle of the address
  setImmediate(() => response.end(PAGE.slice(30)));
});
web.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\nhello'));
const edge = createServer((request, response) => response.writeHead(202).end(request.headers['x-shopify-topic']));

let targets: AppTargets | null = null;
const front = createFront(
  () => targets,
  () => ADMIN,
);
let origin: string;

beforeAll(async () => {
  targets = { web: await listen(web), edge: await listen(edge) };
  origin = await listen(front.server);
});
afterAll(async () => {
  await front.close();
  await Promise.all([closeServer(web), closeServer(edge)]);
});

describe('the front', () => {
  it('puts the stand-in in the place of the CDN and the admin, and leaves the rest of the policy alone', async () => {
    const response = await fetch(`${origin}/app`);
    expect(await response.text()).toBe(`<script src="${ADMIN}/cdn/shopifycloud/app-bridge.js"></script><p>é</p>`);
    expect(response.headers.get('content-security-policy')).toBe(
      `script-src 'self' ${ADMIN}; frame-ancestors https://atelier-nord.myshopify.com ${ADMIN}`,
    );
    expect(response.headers.get('link')).toBe('</assets/a.js>; rel="modulepreload"');
  });

  it('leads redirects into the admin to the stand-in', async () => {
    const response = await fetch(`${origin}/out`, { redirect: 'manual' });
    expect(response.headers.get('location')).toBe(`${ADMIN}/store/atelier-nord/apps/key`);
  });

  it('gives webhooks to the edge and web sockets to the web', async () => {
    const response = await fetch(`${origin}/webhooks/carts`, {
      method: 'POST',
      headers: { 'x-shopify-topic': 'carts/create' },
    });
    expect([response.status, await response.text()]).toEqual([202, 'carts/create']);
    const socket = connect(Number(new URL(origin).port), '127.0.0.1');
    socket.write('GET /hmr HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n');
    let heard = '';
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    await once(socket, 'end');
    expect(heard).toMatch(/^HTTP\/1\.1 101[^]*hello$/);
  });

  it('says 502 while the app is away', async () => {
    const kept = targets;
    targets = null;
    expect((await fetch(`${origin}/app`)).status).toBe(502);
    targets = kept;
  });
});

describe('replaceStream', () => {
  it('gives the same result however the text is cut', async () => {
    const text = 'aab ab é aaab';
    for (let cut = 1; cut < Buffer.byteLength(text); cut++) {
      const stream = replaceStream([['aab', 'X']]);
      const bytes = Buffer.from(text);
      stream.write(bytes.subarray(0, cut));
      stream.end(bytes.subarray(cut));
      expect(Buffer.concat(await stream.toArray()).toString()).toBe('X ab é aX');
    }
  });
});
