import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { parseRequest, type Refusal, sendResponse } from '#app/web/http.ts';

const ORIGIN = 'https://app.example.com';
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that parses what comes, tells `seen`, and answers with `answer`. */
async function listen(seen: (parsed: Request | Refusal) => void, answer = () => new Response('ok')): Promise<number> {
  const server = createServer((req, res) => {
    void parseRequest(req, res, ORIGIN).then(async (parsed) => {
      seen(parsed);
      await sendResponse(res, answer());
    });
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

/** Sends raw bytes and returns the first line of the answer. */
async function sendRaw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(text);
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return chunk.toString('latin1').split('\r\n', 1)[0] ?? '';
}

describe('parseRequest', () => {
  it('believes its own origin and not the Host header', async () => {
    let url = '';
    const port = await listen((parsed) => (url = parsed instanceof Request ? parsed.url : ''));
    await sendRaw(port, 'GET /app?x=1 HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n');
    expect(url).toBe('https://app.example.com/app?x=1');
  });

  it.each([
    ['GET //elsewhere.example/x', 400],
    ['GET http://elsewhere.example/x', 400],
    ['TRACE /', 405],
  ])('refuses %s', async (start, status) => {
    let parsed: Request | Refusal | undefined;
    const port = await listen((value) => (parsed = value));
    await sendRaw(port, `${start} HTTP/1.1\r\nHost: app.example.com\r\n\r\n`);
    expect(parsed).toEqual({ status });
  });

  it('reads a body and repeated headers', async () => {
    let body = '';
    let accept: string | null = null;
    const port = await listen((parsed) => {
      if (!(parsed instanceof Request)) return;
      accept = parsed.headers.get('accept');
      void parsed.text().then((text) => (body = text));
    });
    await sendRaw(port, 'POST / HTTP/1.1\r\nHost: a\r\nAccept: x/1\r\nAccept: x/2\r\nContent-Length: 3\r\n\r\na=b');
    expect([accept, body]).toEqual(['x/1, x/2', 'a=b']);
  });

  it.each(['declared', 'streamed'])('refuses a %s body over 1 MiB', async (kind) => {
    let parsed: Request | Refusal | undefined;
    const done = Promise.withResolvers<undefined>();
    const port = await listen((value) => {
      parsed = value;
      done.resolve(undefined);
    });
    const bytes = Buffer.alloc(1024 * 1024 + 1);
    const headers = kind === 'declared' ? { 'content-length': bytes.length } : { 'transfer-encoding': 'chunked' };
    const sending = request({ port, method: 'POST', headers });
    sending.on('error', () => undefined);
    sending.end(bytes);
    await done.promise;
    expect(parsed).toEqual({ status: 413 });
  });
});

describe('sendResponse', () => {
  it('sends status, body and every cookie', async () => {
    const answer = () => {
      const headers = new Headers({ 'x-one': '1' });
      headers.append('set-cookie', 'a=1');
      headers.append('set-cookie', 'b=2');
      return new Response('body', { status: 201, headers });
    };
    const port = await listen(() => undefined, answer);
    const response = await fetch(`http://127.0.0.1:${port}/`);
    expect([response.status, await response.text(), response.headers.get('x-one')]).toEqual([201, 'body', '1']);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  it('sends no body to HEAD', async () => {
    const port = await listen(() => undefined);
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });
});
