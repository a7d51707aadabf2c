import type { IncomingMessage } from 'node:http';

/** The largest body read: bodies of more than a megabyte exist (Shopify staff on large orders). */
export const MAX_BODY_BYTES = 2 * 1024 * 1024;
/** How long a body may take. Shopify gives up on an answer after five seconds. */
export const BODY_TIMEOUT_MS = 10_000;
/** All bodies being read together: many slow senders must not fill the memory. */
export const MAX_READING_BYTES = 128 * 1024 * 1024;

export type Body =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly reason: 'too-large' | 'too-slow' | 'incomplete' | 'overloaded' };

/** Reads bodies up to the limits, whatever length they claim; stops reading where one is passed. */
export class BodyReader {
  readonly #maxReadingBytes: number;
  readonly #timeoutMs: number;
  #readingBytes = 0;

  constructor({ maxReadingBytes = MAX_READING_BYTES, timeoutMs = BODY_TIMEOUT_MS } = {}) {
    this.#maxReadingBytes = maxReadingBytes;
    this.#timeoutMs = timeoutMs;
  }

  read(req: IncomingMessage): Promise<Body> {
    if (Number(req.headers['content-length'] ?? 0) > MAX_BODY_BYTES) {
      return Promise.resolve({ ok: false, reason: 'too-large' });
    }
    return new Promise((resolve) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const settle = (body: Body) => {
        clearTimeout(timer);
        req.off('data', onData).off('end', onEnd).off('close', onClose);
        if (!body.ok) req.pause();
        this.#readingBytes -= length;
        resolve(body);
      };
      const onData = (chunk: Buffer) => {
        length += chunk.length;
        this.#readingBytes += chunk.length;
        chunks.push(chunk);
        if (length > MAX_BODY_BYTES) settle({ ok: false, reason: 'too-large' });
        else if (this.#readingBytes > this.#maxReadingBytes) settle({ ok: false, reason: 'overloaded' });
      };
      const onEnd = () => {
        const [only] = chunks;
        settle({ ok: true, bytes: chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, length) });
      };
      const onClose = () => settle({ ok: false, reason: 'incomplete' });
      const timer = setTimeout(() => settle({ ok: false, reason: 'too-slow' }), this.#timeoutMs);
      // A sender that goes away is told by "close" too; without a listener the error would end the program.
      req.on('error', () => undefined);
      req.on('data', onData).on('end', onEnd).on('close', onClose);
    });
  }
}
