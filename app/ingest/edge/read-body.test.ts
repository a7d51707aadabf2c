import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

import { afterEach, expect, it } from 'vitest';

import { type Body, BodyReader, MAX_BODY_BYTES } from './read-body.ts';

let server: Server | null = null;
const sockets: Socket[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server?.close();
});

/** Sends the beginning of a request; resolves with what the reader made of it. */
async function read(reader: BodyReader, ...parts: (string | Buffer)[]): Promise<Body> {
  const { promise, resolve } = Promise.withResolvers<Body>();
  server = createServer((req) => reader.read(req, resolve)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  sockets.push(socket);
  for (const part of parts) socket.write(part);
  return promise;
}

const head = (header: string) => `POST / HTTP/1.1\r\nHost: x\r\n${header}\r\n\r\n`;

it('reads a body in one piece or many', async () => {
  const bytes = Buffer.alloc(300_000, 'ab');
  expect(await read(new BodyReader(), head('Content-Length: 2'), 'ok')).toEqual({ ok: true, bytes: Buffer.from('ok') });
  expect(await read(new BodyReader(), head(`Content-Length: ${String(bytes.length)}`), bytes)).toEqual({
    ok: true,
    bytes,
  });
  const chunked = [head('Transfer-Encoding: chunked'), '3\r\nabc\r\n', '2\r\nde\r\n', '0\r\n\r\n'];
  expect(await read(new BodyReader(), ...chunked)).toEqual({ ok: true, bytes: Buffer.from('abcde') });
  expect(await read(new BodyReader(), head('Content-Length: 0'))).toEqual({ ok: true, bytes: Buffer.alloc(0) });
});

it('takes a body of just the largest size', async () => {
  const bytes = Buffer.alloc(MAX_BODY_BYTES);
  const body = await read(new BodyReader(), head(`Content-Length: ${String(bytes.length)}`), bytes);
  expect(body.ok && body.bytes.length).toBe(MAX_BODY_BYTES);
});

it('does not wait for a body that says it is too large', async () => {
  const body = await read(new BodyReader(), head(`Content-Length: ${String(MAX_BODY_BYTES + 1)}`));
  expect(body).toEqual({ ok: false, reason: 'too-large' });
});

it('stops where a body without a length becomes too large', async () => {
  const size = MAX_BODY_BYTES + 1;
  const body = await read(
    new BodyReader(),
    head('Transfer-Encoding: chunked'),
    `${size.toString(16)}\r\n`,
    Buffer.alloc(size),
  );
  expect(body).toEqual({ ok: false, reason: 'too-large' });
});

it('does not wait for ever', async () => {
  const body = await read(new BodyReader({ timeoutMs: 20 }), head('Content-Length: 10'), 'slow');
  expect(body).toEqual({ ok: false, reason: 'too-slow' });
});

it('notices that the sender has gone', async () => {
  const reading = read(new BodyReader(), head('Content-Length: 10'), 'gone');
  await expect.poll(() => sockets.length).toBe(1);
  sockets[0]!.end();
  expect(await reading).toEqual({ ok: false, reason: 'incomplete' });
});

it('reads no more than so much at the same time, and forgets what it has read', async () => {
  const reader = new BodyReader({ maxReadingBytes: 10 });
  expect(await read(reader, head('Content-Length: 8'), '12345678')).toMatchObject({ ok: true });
  expect(await read(reader, head('Content-Length: 12'), '123456789012')).toEqual({ ok: false, reason: 'overloaded' });
  expect(await read(reader, head('Content-Length: 8'), '12345678')).toMatchObject({ ok: true });
});
