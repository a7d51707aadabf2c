import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

/** Forms are small. */
const MAX_BODY_BYTES = 1024 * 1024;
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** A request that the app does not look at, and the status it gets instead. */
export interface Refusal {
  readonly status: 400 | 405 | 413;
}

/**
 * Turns Node's request into the Fetch API's, with its whole body: nobody can make us hold more than 1 MiB.
 *
 * @param origin the app's own origin as the browser knows it; what the Host header claims is not believed.
 */
export async function parseRequest(
  req: IncomingMessage,
  res: ServerResponse,
  origin: string,
): Promise<Request | Refusal> {
  const { method = 'GET', url: target = '/' } = req;
  if (!METHODS.has(method)) return { status: 405 };
  // "//elsewhere.example/x" would be read as another host.
  if (!target.startsWith('/') || target.startsWith('//') || !URL.canParse(target, origin)) return { status: 400 };

  const gone = new AbortController();
  res.once('close', () => {
    gone.abort();
  });
  const init: RequestInit = { method, headers: headersOf(req), signal: gone.signal };
  if (method !== 'GET' && method !== 'HEAD') {
    const body = await getBody(req);
    if (body === null) return { status: 413 };
    init.body = body;
  }
  return new Request(new URL(target, origin), init);
}

/** Writes a response as fast as the client takes it. A client that went away is nobody's error. */
export async function sendResponse(res: ServerResponse, response: Response): Promise<void> {
  res.statusCode = response.status;
  for (const [name, value] of response.headers) if (name !== 'set-cookie') res.setHeader(name, value);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) res.setHeader('set-cookie', cookies);

  if (response.body === null || res.req.method === 'HEAD') {
    await response.body?.cancel();
    res.end();
    return;
  }
  try {
    await pipeline(Readable.fromWeb(response.body as ReadableStream), res);
  } catch (error) {
    if (!res.destroyed) throw error;
  }
}

function headersOf(req: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(req.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  return headers;
}

async function getBody(req: IncomingMessage): Promise<Uint8Array<ArrayBuffer> | null> {
  if (Number(req.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return null;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Uint8Array.from(Buffer.concat(chunks));
}
