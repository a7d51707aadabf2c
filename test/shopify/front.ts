import { createServer, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { closeServer } from './http.ts';
import { replaceStream, type Replacement } from './replace-stream.ts';

/** Origins of the app's programs. */
export interface AppTargets {
  /** Takes /webhooks/*. */
  readonly edge: string;
  /** Takes everything else. */
  readonly web: string;
}

export interface Front {
  readonly server: Server;
  close(): Promise<void>;
}

const ADMIN = 'https://admin.shopify.com';
const CDN = 'https://cdn.shopify.com';
const SWAPPED_TYPES = /^(?:text\/html|text\/x-script|application\/json|(?:text|application)\/javascript)/;
const WAITING_PAGE =
  '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="1"><title>Starting</title>' +
  '<p style="font:15px system-ui;padding:2rem">The app does not answer yet. This page tries again every second.</p>\n';

/** Keeps a Link header's entries but those that preload from Shopify's CDN. */
function linksWithoutCdn(link: string): string {
  return link
    .split(/,(?=\s*<)/)
    .filter((entry) => !entry.includes(CDN))
    .map((entry) => entry.trim())
    .join(', ');
}

/** The app's headers as the browser may see them in front of this stand-in. */
function swapHeaders(headers: IncomingMessage['headers'], adminOrigin: string): OutgoingHttpHeaders {
  const swapped: OutgoingHttpHeaders = { ...headers };
  const policy = headers['content-security-policy'];
  if (policy !== undefined) {
    // A policy names origins: the CDN's directory is of no use in it.
    swapped['content-security-policy'] = String(policy).replaceAll(ADMIN, adminOrigin).replaceAll(CDN, adminOrigin);
  }
  if (headers.location?.startsWith(ADMIN)) swapped['location'] = headers.location.replace(ADMIN, adminOrigin);
  if (headers['link'] !== undefined) {
    const links = linksWithoutCdn(String(headers['link']));
    if (links === '') delete swapped['link'];
    else swapped['link'] = links;
  }
  return swapped;
}

/**
 * The app as the browser sees it. Bodies are streamed; in HTML, JSON and scripts the addresses of Shopify's CDN and
 * admin become the stand-in's. Upgrades (web sockets of the dev server) are passed through.
 */
export function createFront(targets: () => AppTargets | null, adminOrigin: () => string): Front {
  const sockets = new Set<Socket>();

  const pass = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const target = targets();
    const isWebhook = incoming.url?.startsWith('/webhooks/') ?? false;
    const unavailable = (): void => {
      if (outgoing.headersSent) return void outgoing.destroy();
      outgoing.writeHead(502, { 'content-type': 'text/html; charset=utf-8' }).end(isWebhook ? '' : WAITING_PAGE);
    };
    if (!target) return unavailable();
    const url = new URL(incoming.url ?? '/', isWebhook ? target.edge : target.web);
    const headers: OutgoingHttpHeaders = {
      ...incoming.headers,
      'x-forwarded-host': incoming.headers.host ?? '',
      'x-forwarded-proto': 'http',
    };
    delete headers['accept-encoding']; // bodies are read here
    const upstream = httpRequest(url, { method: incoming.method, headers }, (answer) => {
      const answerHeaders = swapHeaders(answer.headers, adminOrigin());
      const isSwapped = SWAPPED_TYPES.test(answer.headers['content-type'] ?? '');
      if (isSwapped) delete answerHeaders['content-length'];
      outgoing.writeHead(answer.statusCode ?? 502, answerHeaders);
      const replacements: Replacement[] = [
        [CDN, `${adminOrigin()}/cdn`],
        [ADMIN, adminOrigin()],
      ];
      const done = (): void => undefined; // a browser that goes away is no error
      if (isSwapped) pipeline(answer, replaceStream(replacements), outgoing, done);
      else pipeline(answer, outgoing, done);
    });
    upstream.on('error', unavailable);
    outgoing.on('close', () => upstream.destroy());
    incoming.pipe(upstream);
  };

  const server = createServer(pass);
  server.on('upgrade', (request, browser: Socket, head: Buffer) => {
    const target = targets();
    if (!target) return void browser.destroy();
    const { hostname, port } = new URL(target.web);
    const app = connect(Number(port || 80), hostname, () => {
      const lines = [`${request.method} ${request.url} HTTP/1.1`];
      for (let at = 0; at < request.rawHeaders.length; at += 2) {
        lines.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`);
      }
      app.write(`${lines.join('\r\n')}\r\n\r\n`);
      app.write(head);
      pipeline(browser, app, browser, () => undefined);
    });
    for (const socket of [browser, app]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.once('close', () => sockets.delete(socket));
    }
  });

  return {
    server,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await closeServer(server);
    },
  };
}
