import { describe, expect, it } from 'vitest';

import { noteVerifierKey, readNote, signNote } from './signed-note.ts';
import { signingKeyOf } from './signing.ts';

const key = signingKeyOf(Buffer.alloc(32, 1));
const other = signingKeyOf(Buffer.alloc(32, 2));
const TEXT = 'cart-insights/access-log\n3\nroot\nline\n';

describe('a signed note', () => {
  it('opens under the key that signed it, among others, and under no other', () => {
    const note = signNote(key, TEXT);
    expect(readNote([other.publicKey, key.publicKey], note)).toBe(TEXT);
    expect(readNote([other.publicKey], note)).toBeNull();
    expect(readNote([], note)).toBeNull();
  });

  it('does not open when any character of it was changed, added or taken away', () => {
    const note = signNote(key, TEXT);
    for (let at = 0; at < note.length; at += 1) {
      const swapped = note[at] === 'x' ? 'y' : 'x';
      for (const changed of [
        `${note.slice(0, at)}${swapped}${note.slice(at + 1)}`,
        `${note.slice(0, at)}${note.slice(at + 1)}`,
        `${note.slice(0, at)}\n${note.slice(at)}`,
      ]) {
        const opened = readNote([key.publicKey], changed);
        // An empty line before the signature belongs to the text, which is then another one.
        expect(opened === null || changed === note, `${String(at)}: ${JSON.stringify(changed)}`).toBe(true);
      }
    }
    expect(readNote([key.publicKey], note.slice(0, -1))).toBeNull();
    expect(readNote([key.publicKey], '')).toBeNull();
  });

  it('may carry other signatures, and no line that is none', () => {
    const note = signNote(key, TEXT);
    expect(readNote([key.publicKey], `${note}\u2014 witness.example/w1 AAAAAAAA\n`)).toBe(TEXT);
    expect(readNote([key.publicKey], `${note}and something unsigned\n`)).toBeNull();
  });

  it('is made of a text that ends with one newline', () => {
    for (const text of ['', 'no newline', 'two\n\n', 'lone \ud800\n']) expect(() => signNote(key, text)).toThrow();
  });

  it('is read as the Go package golang.org/x/mod/sumdb/note writes it', () => {
    const text =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const note = `${text}\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;
    const publicKey = Buffer.from('ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW', 'base64').subarray(1);
    expect(readNote([publicKey], note, 'PeterNeumann')).toBe(text);
    expect(readNote([publicKey], note.replace('problem is', 'problem was'), 'PeterNeumann')).toBeNull();
  });

  it('publishes its key in the form verifiers take', () => {
    expect(noteVerifierKey(key.publicKey)).toMatch(/^cart-insights\+[0-9a-f]{8}\+A[A-Za-z0-9+/]{43}$/);
  });
});
