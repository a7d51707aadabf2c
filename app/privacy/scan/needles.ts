import { createHash } from 'node:crypto';

/** One way in which a value may have been written down. Which value is told by its place in the list, never by itself. */
export interface Needle {
  /** Index of the value in the list that was given. */
  readonly value: number;
  /** `raw`, `hex`, `base64+1`, `sha256:hex` and so on. */
  readonly form: string;
  readonly bytes: Buffer;
}

/** Shorter texts stand in random bytes by chance, and would be found everywhere. */
export const MIN_VALUE_BYTES = 4;

/** Digests somebody may have taken for a disguise. Unkeyed, they give the value away to whoever guesses it. */
const DIGESTS = ['md5', 'sha1', 'sha256', 'sha512'] as const;

/**
 * Every form to look for: as it is, in other case, as in a URL, in JSON, as HTML, in hexadecimal, in UTF-16, in Base64 wherever in a
 * group of three bytes it began, and plainly hashed. What is compressed is unpacked by the search itself.
 *
 * @throws RangeError for a value that is too short to be told from chance.
 */
export function needlesOf(values: readonly string[]): Needle[] {
  const needles = new Map<string, Needle>();
  for (const [value, text] of values.entries()) {
    if (Buffer.byteLength(text) < MIN_VALUE_BYTES) {
      throw new RangeError(`Value ${value + 1} is shorter than ${MIN_VALUE_BYTES} bytes`);
    }
    for (const [form, bytes] of [...writings(text), ...digests(text)]) {
      const key = bytes.toString('latin1');
      if (!needles.has(key)) needles.set(key, { value, form, bytes });
    }
  }
  return [...needles.values()];
}

function writings(text: string): [form: string, bytes: Buffer][] {
  const hex = Buffer.from(text).toString('hex');
  const json = JSON.stringify(text).slice(1, -1);
  const written: Record<string, string | Buffer> = {
    raw: text,
    lower: text.toLowerCase(),
    upper: text.toUpperCase(),
    url: encodeURIComponent(text),
    form: new URLSearchParams({ v: text }).toString().slice(2),
    json,
    'json-ascii': json.replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`),
    html: text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`),
    latin1: Buffer.from(text, 'latin1'),
    hex,
    'hex-upper': hex.toUpperCase(),
    utf16: Buffer.from(text, 'utf16le'),
  };
  for (const skip of [0, 1, 2]) {
    const base64 = base64Core(Buffer.from(text), skip);
    written[`base64+${skip}`] = base64;
    written[`base64url+${skip}`] = base64.replaceAll('+', '-').replaceAll('/', '_');
  }
  return Object.entries(written).map(([form, bytes]) => [form, Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes)]);
}

/** Digests of the value as it is and as an e-mail would be normalised, as bytes and as text. */
function digests(text: string): [form: string, bytes: Buffer][] {
  const inputs = new Set([text, text.trim().toLowerCase()]);
  return [...inputs].flatMap((input) =>
    DIGESTS.flatMap((name): [string, Buffer][] => {
      const digest = createHash(name).update(input).digest();
      const hex = digest.toString('hex');
      return [
        [`${name}:bytes`, digest],
        [`${name}:hex`, Buffer.from(hex)],
        [`${name}:hex-upper`, Buffer.from(hex.toUpperCase())],
        [`${name}:base64`, Buffer.from(digest.toString('base64').replace(/=+$/, ''))],
        [`${name}:base64url`, Buffer.from(digest.toString('base64url'))],
      ];
    }),
  );
}

/** The part of the Base64 text that does not depend on what stands before and after, begun `skip` bytes into a group. */
function base64Core(bytes: Buffer, skip: number): string {
  const text = Buffer.concat([Buffer.alloc(skip), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  const start = skip === 0 ? 0 : skip + 1;
  const end = (skip + bytes.length) % 3 === 0 ? text.length : text.length - 1;
  return text.slice(start, end);
}
