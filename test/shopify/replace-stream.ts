import { Transform, type TransformCallback } from 'node:stream';

export type Replacement = readonly [from: string, to: string];

/** Replaces fixed ASCII strings in a byte stream, also where a string is cut by a chunk's end. Holds back only that. */
export function replaceStream(replacements: readonly Replacement[]): Transform {
  // latin1 maps every byte to one character, so cutting inside a UTF-8 sequence harms nothing.
  const longest = Math.max(0, ...replacements.map(([from]) => from.length));
  let held = '';

  const replaceAll = (text: string): string =>
    replacements.reduce((result, [from, to]) => result.replaceAll(from, to), text);
  /** Length of the longest end of `text` that may be the beginning of something to replace. */
  const openEnd = (text: string): number => {
    for (let length = Math.min(longest - 1, text.length); length > 0; length--) {
      const end = text.slice(-length);
      if (replacements.some(([from]) => from.startsWith(end))) return length;
    }
    return 0;
  };

  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      const text = replaceAll(held + chunk.toString('latin1'));
      const open = openEnd(text);
      held = text.slice(text.length - open);
      done(null, Buffer.from(text.slice(0, text.length - open), 'latin1'));
    },
    flush(done: TransformCallback) {
      done(null, Buffer.from(held, 'latin1'));
    },
  });
}
