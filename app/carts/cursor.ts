/** A place in the list of carts, which is ordered by (last change, id), newest first. */
export interface CartCursor {
  readonly lastChangedAtMs: number;
  readonly id: string;
}

const MS_BYTES = 6;
const CURSOR_BYTES = MS_BYTES + 16;

/** The cursor as it stands in a URL: a time and one of our own ids, nothing about anybody. */
export function formatCursor({ lastChangedAtMs, id }: CartCursor): string {
  const bytes = Buffer.alloc(CURSOR_BYTES);
  bytes.writeUIntBE(lastChangedAtMs, 0, MS_BYTES);
  bytes.write(id.replaceAll('-', ''), MS_BYTES, 'hex');
  return bytes.toString('base64url');
}

/** Reads a cursor from a URL; null when it is none, which then means the start of the list. */
export function getCursor(text: string | null): CartCursor | null {
  if (text === null || !/^[\w-]{30}$/.test(text)) return null;
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== CURSOR_BYTES) return null;
  const hex = bytes.toString('hex', MS_BYTES);
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { lastChangedAtMs: bytes.readUIntBE(0, MS_BYTES), id };
}
