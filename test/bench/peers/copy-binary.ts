import type { Client, Connection, Submittable } from 'pg';

/** What `pg` calls while a COPY runs; its types leave these out. */
interface CopyConnection extends Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** `COPY … FROM STDIN` of one buffer, spoken over `pg`'s own connection. */
class CopyIn implements Submittable {
  readonly #sql: string;
  readonly #bytes: Buffer;
  readonly #settle: (error: Error | null) => void;
  #error: Error | null = null;

  constructor(sql: string, bytes: Buffer, settle: (error: Error | null) => void) {
    this.#sql = sql;
    this.#bytes = bytes;
    this.#settle = settle;
  }

  submit(connection: Connection): void {
    connection.query(this.#sql);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    connection.sendCopyFromChunk(this.#bytes);
    connection.endCopyFrom();
  }

  handleCommandComplete(): void {
    // What follows says that it is over.
  }

  handleError(error: Error): void {
    this.#error = error;
    this.#settle(error);
  }

  handleReadyForQuery(): void {
    if (this.#error === null) this.#settle(null);
  }
}

/** Copies rows into a table; resolves when they are durable. */
export function copyIn(client: Client, sql: string, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(
      new CopyIn(sql, bytes, (error) => {
        if (error === null) resolve();
        else reject(error);
      }),
    );
  });
}

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const END = Buffer.from([0xff, 0xff]);

/** PostgreSQL's binary COPY format: a count of fields for each row, a length before each value, −1 for null. */
export function copyBytes(rows: readonly (readonly (Buffer | null)[])[]): Buffer {
  let size = SIGNATURE.length + END.length;
  for (const row of rows) {
    size += 2;
    for (const value of row) size += 4 + (value?.length ?? 0);
  }
  const out = Buffer.allocUnsafe(size);
  let at = SIGNATURE.copy(out, 0);
  for (const row of rows) {
    at = out.writeInt16BE(row.length, at);
    for (const value of row) {
      at = out.writeInt32BE(value === null ? -1 : value.length, at);
      if (value !== null) at += value.copy(out, at);
    }
  }
  END.copy(out, at);
  return out;
}
