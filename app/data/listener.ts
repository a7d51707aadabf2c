import { Client, type ClientConfig } from 'pg';

/** How long to wait before a lost connection is made again. */
const RECONNECT_MS = 500;

export interface ListenerOptions {
  readonly config: ClientConfig;
  readonly channels: readonly string[];
  readonly onNotice: (channel: string, payload: string) => void;
  /**
   * Runs whenever listening has begun, the first time and after each loss: notices may have been missed until now, so what
   * depends on them is read anew here, and no change falls between. Should it fail, the connection is made again.
   */
  readonly onListening: () => Promise<void> | void;
  /** The connection broke; it is made again until it holds. */
  readonly onLost: (error: Error) => void;
}

/** Listens to channels of the database for as long as the program runs. */
export class Listener {
  readonly #options: ListenerOptions;
  #client: Client | null = null;
  #retry: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  /** @throws the first time that the database is away, or that `onListening` fails. */
  async start(): Promise<void> {
    await this.#connect();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#retry);
    await this.#client?.end().catch(() => undefined);
  }

  async #connect(): Promise<void> {
    const { config, channels, onNotice, onListening, onLost } = this.#options;
    const client = new Client(config);
    const connection = { hasEnded: false };
    client.on('notification', ({ channel, payload = '' }) => {
      onNotice(channel, payload);
    });
    client.on('error', onLost);
    client.on('end', () => {
      connection.hasEnded = true;
      if (this.#client !== client) return;
      this.#client = null;
      this.#connectLater();
    });
    try {
      await client.connect();
      for (const channel of channels) await client.query(`LISTEN ${channel}`);
      await onListening();
      if (connection.hasEnded) throw new Error('The connection was lost');
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    this.#client = client;
    // Stopped while connecting.
    if (this.#isStopped) await client.end().catch(() => undefined);
  }

  #connectLater(): void {
    if (this.#isStopped) return;
    this.#retry = setTimeout(() => {
      this.#connect().catch(() => {
        this.#connectLater();
      });
    }, RECONNECT_MS);
  }
}
