import { createServer, type RequestListener, type Server } from 'node:http';

import { BootError } from '#app/boot.ts';
import { getErrorCode } from '#app/errors.ts';
import { EXIT_CODES } from '#app/settings.ts';

export interface Serving {
  readonly server: Server;
  readonly port: number;
  /** Takes no new connection, lets running requests end for up to `graceMs`, then cuts what is left. */
  stop(graceMs?: number): Promise<void>;
}

/**
 * Listens until stopped.
 *
 * @throws BootError when the address cannot be had.
 */
export async function serve(
  listener: RequestListener,
  { host, port }: { readonly host: string; readonly port: number },
  server: Server = createServer(),
): Promise<Serving> {
  server.requestTimeout = 30_000;
  server.on('request', listener);
  await new Promise<void>((resolve, reject) => {
    const fail = (error: Error) => reject(whyNot(error));
    server.once('error', fail);
    server.listen({ host, port }, () => {
      server.off('error', fail);
      resolve();
    });
  });
  const address = server.address();
  return {
    server,
    port: typeof address === 'object' && address !== null ? address.port : port,
    stop: (graceMs = 10_000) => stopServer(server, graceMs),
  };
}

function whyNot(error: Error): Error {
  switch (getErrorCode(error)) {
    case 'EADDRINUSE':
      return new BootError('The port is used by another program: choose another one with PORT or EDGE_PORT.');
    case 'EACCES':
      return new BootError('The port may not be used by this user: choose another one with PORT or EDGE_PORT.');
    case 'EADDRNOTAVAIL':
    case 'EAI_AGAIN':
    case 'ENOTFOUND':
      return new BootError('HOST names no address of this machine.', EXIT_CODES.settings);
    default:
      return error;
  }
}

async function stopServer(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection whose last request was still running is idle only once that is answered.
  const idle = setInterval(() => {
    server.closeIdleConnections();
  }, 50);
  const cut = setTimeout(() => {
    server.closeAllConnections();
  }, graceMs);
  await closed;
  clearTimeout(cut);
  clearInterval(idle);
}
