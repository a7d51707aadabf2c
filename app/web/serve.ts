import { createServer, type RequestListener, type Server } from 'node:http';

export interface Serving {
  readonly server: Server;
  readonly port: number;
  /** Takes no new connection, lets running requests end for up to `graceMs`, then cuts what is left. */
  stop(graceMs?: number): Promise<void>;
}

/**
 * Listens until stopped.
 *
 * @throws the system's error (EADDRINUSE, EACCES) when the address cannot be had.
 */
export async function serve(
  listener: RequestListener,
  { host, port }: { readonly host: string; readonly port: number },
  server: Server = createServer(),
): Promise<Serving> {
  server.requestTimeout = 30_000;
  server.on('request', listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
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
