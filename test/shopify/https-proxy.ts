import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { Authority } from './certificates.ts';
import { closeServer } from './http.ts';

export interface HttpsProxy {
  readonly server: Server;
  close(): Promise<void>;
}

const SHOP_TARGET = /^([a-z0-9][a-z0-9-]*\.myshopify\.com):443$/;

/**
 * The HTTP proxy through which the app reaches Shopify. `CONNECT <shop>.myshopify.com:443` is answered here, with a
 * certificate of our own authority, by `admin`. Everything else is refused with 403 and told to `unexpected`.
 */
export function createHttpsProxy(
  authority: Authority,
  admin: RequestListener,
  unexpected: (what: string) => void,
): HttpsProxy {
  const sockets = new Set<Socket>();
  const tls = createTlsServer(
    {
      SNICallback: (host, done) => {
        done(null, createSecureContext(authority.issue(host)));
      },
    },
    admin,
  );

  const server = createServer((request, response) => {
    unexpected(`${request.method} ${request.url}`);
    response
      .writeHead(403, { 'content-type': 'text/plain' })
      .end('The Shopify stand-in lets nothing out but Shopify\n');
  });
  server.on('connect', (request, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    if (!SHOP_TARGET.test(request.url ?? '')) {
      unexpected(`CONNECT ${request.url}`);
      socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    if (head.length > 0) socket.unshift(head);
    tls.emit('connection', socket);
  });

  return {
    server,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      tls.closeAllConnections();
      await closeServer(server);
    },
  };
}
