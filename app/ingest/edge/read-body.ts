import type { IncomingMessage } from 'node:http';

/** The largest body read: bodies of more than a megabyte exist (Shopify staff on large orders). */
export const MAX_BODY_BYTES = 2 * 1024 * 1024;

export type Body =
  { readonly ok: true; readonly bytes: Buffer } | { readonly ok: false; readonly reason: 'too-large' | 'incomplete' };

/** Reads a request's body up to the limit, whatever length it claims; stops reading where it is passed. */
export function readBody(req: IncomingMessage): Promise<Body> {
  if (Number(req.headers['content-length'] ?? 0) > MAX_BODY_BYTES) {
    return Promise.resolve({ ok: false, reason: 'too-large' });
  }
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    req.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > MAX_BODY_BYTES) {
        req.pause();
        resolve({ ok: false, reason: 'too-large' });
      } else {
        chunks.push(chunk);
      }
    });
    req.on('end', () => {
      const [only] = chunks;
      resolve({ ok: true, bytes: chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, length) });
    });
    const cut = () => {
      resolve({ ok: false, reason: 'incomplete' });
    };
    req.on('error', cut);
    req.on('close', cut);
  });
}
