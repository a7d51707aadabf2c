import type { IncomingMessage } from 'node:http';

/** The largest body read: bodies of more than a megabyte exist (Shopify staff on large orders). */
export const MAX_BODY_BYTES = 2 * 1024 * 1024;
/** How long a body may take. Shopify gives up on an answer after five seconds. */
const BODY_TIMEOUT_MS = 10_000;
/** All bodies being read together: many slow senders must not fill the memory. */
const MAX_READING_BYTES = 128 * 1024 * 1024;
/** Late bodies are looked for this many times within the time one may take. */
const LOOKS_PER_TIMEOUT = 10;

export type Body =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly reason: 'too-large' | 'too-slow' | 'incomplete' | 'overloaded' };

interface Reading {
  readonly since: number;
  readonly giveUp: () => void;
}

/**
 * Reads bodies up to the limits, whatever length they claim; stops reading where one is passed.
 *
 * Nearly every body comes whole, in one piece, right behind its head. So there is one timer for all bodies and not one
 * for each, and nothing is copied.
 */
export class BodyReader {
  readonly #maxReadingBytes: number;
  readonly #timeoutMs: number;
  /** Bodies under way, in the order in which they began. */
  readonly #readings = new Set<Reading>();
  #readingBytes = 0;
  #looking: NodeJS.Timeout | null = null;

  constructor({ maxReadingBytes = MAX_READING_BYTES, timeoutMs = BODY_TIMEOUT_MS } = {}) {
    this.#maxReadingBytes = maxReadingBytes;
    this.#timeoutMs = timeoutMs;
  }

  /** @param done called once, with the body or with why there is none. */
  read(req: IncomingMessage, done: (body: Body) => void): void {
    if (Number(req.headers['content-length'] ?? 0) > MAX_BODY_BYTES) {
      done({ ok: false, reason: 'too-large' });
      return;
    }
    let first: Buffer | null = null;
    let more: Buffer[] | null = null;
    let length = 0;
    const settle = (body: Body) => {
      if (!this.#readings.delete(reading)) return;
      this.#readingBytes -= length;
      if (!body.ok) req.off('data', onData).pause();
      done(body);
    };
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      this.#readingBytes += chunk.length;
      if (first === null) first = chunk;
      else (more ??= [first]).push(chunk);
      if (length > MAX_BODY_BYTES) settle({ ok: false, reason: 'too-large' });
      else if (this.#readingBytes > this.#maxReadingBytes) settle({ ok: false, reason: 'overloaded' });
    };
    const onEnd = () => {
      const whole = more === null ? (first ?? Buffer.alloc(0)) : Buffer.concat(more, length);
      settle({ ok: true, bytes: whole });
    };
    const reading = { since: performance.now(), giveUp: () => settle({ ok: false, reason: 'too-slow' }) };
    this.#readings.add(reading);
    if (this.#looking === null) {
      this.#looking = setInterval(() => this.#giveUpLate(), this.#timeoutMs / LOOKS_PER_TIMEOUT).unref();
    }
    // A sender that goes away is told by "close" too; without a listener the error would end the program.
    req.on('error', ignore);
    req.on('data', onData).on('end', onEnd);
    req.on('close', () => settle({ ok: false, reason: 'incomplete' }));
  }

  #giveUpLate(): void {
    const now = performance.now();
    for (const { since, giveUp } of this.#readings) {
      if (now - since < this.#timeoutMs) break;
      giveUp();
    }
  }
}

function ignore(): void {
  // Told otherwise.
}
