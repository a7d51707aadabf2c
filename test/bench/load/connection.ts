import { createConnection, type Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const RECONNECT_MS = 20;

/**
 * A keep-alive HTTP/1.1 connection that has one request under way at most. As little work as can be, since the generator
 * shares the machine with what it measures: requests come ready, of responses only status and length are read.
 */
export class LoadConnection {
  readonly #port: number;
  readonly #onFree: (connection: LoadConnection) => void;
  #socket: Socket | null = null;
  #settle: ((status: number) => void) | null = null;
  #rest: Buffer | null = null;
  #isClosed = false;

  /** @param onFree called when it can take a request: at first, and after each answer. */
  constructor(port: number, onFree: (connection: LoadConnection) => void) {
    this.#port = port;
    this.#onFree = onFree;
    this.#connect();
  }

  /** Sends a request; `settle` gets the status, or 0 when the connection broke before the answer. */
  send(request: Buffer, settle: (status: number) => void): void {
    this.#settle = settle;
    this.#socket?.write(request);
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.destroy();
  }

  #connect(): void {
    const socket = createConnection({ host: '127.0.0.1', port: this.#port, noDelay: true });
    this.#socket = socket;
    this.#rest = null;
    socket.on('connect', () => this.#onFree(this));
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => this.#broke());
  }

  #broke(): void {
    const settle = this.#settle;
    this.#settle = null;
    settle?.(0);
    if (!this.#isClosed) setTimeout(() => this.#isClosed || this.#connect(), RECONNECT_MS);
  }

  #read(chunk: Buffer): void {
    const bytes = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
    const headEnd = bytes.indexOf(HEAD_END);
    const head = headEnd < 0 ? null : bytes.toString('latin1', 0, headEnd);
    const length = head === null ? null : Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    if (head === null || length === null || bytes.length < headEnd + HEAD_END.length + length) {
      this.#rest = bytes;
      return;
    }
    this.#rest = null;
    const settle = this.#settle;
    this.#settle = null;
    settle?.(Number(head.slice(9, 12)));
    if (/connection: close/i.test(head)) this.#socket?.destroy();
    else this.#onFree(this);
  }
}
