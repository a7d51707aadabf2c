import { once } from 'node:events';
import { createServer, connect, type TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from './certificates.ts';

const authority = createAuthority();
const leaf = authority.issue('atelier-nord.myshopify.com');
const server = createServer({ cert: leaf.cert, key: leaf.key }, (socket) => socket.end());

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => void server.close());

async function dial(servername: string, ca: string): Promise<TLSSocket> {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ host: '127.0.0.1', port, servername, ca });
  await once(socket, 'secureConnect');
  return socket;
}

describe('certificates', () => {
  it('are accepted by a client that trusts the authority', async () => {
    const socket = await dial('atelier-nord.myshopify.com', authority.pem);
    expect(socket.authorized).toBe(true);
    socket.destroy();
  });

  it('are refused for another host and by a client that trusts another authority', async () => {
    await expect(dial('second-shop.myshopify.com', authority.pem)).rejects.toThrow(/altnames/);
    await expect(dial('atelier-nord.myshopify.com', createAuthority().pem)).rejects.toThrow();
  });
});
