import { strToU8, Zip, ZipDeflate } from 'fflate';

import type { PackageDocument } from '#app/privacy/package/document.ts';
import { csvFiles, type TextFile } from '#app/privacy/package/files/csv.ts';
import { htmlPage } from '#app/privacy/package/files/html.ts';

/** So much of a file is packed at once, and waits until the browser has taken it. */
const CHUNK_BYTES = 64 * 1024;

/**
 * One archive: the page to read, the data for another program to take over, and its tables for a spreadsheet. It is packed
 * while it is being sent, at the pace at which it is taken: beside the document itself one file lies in memory, never all.
 */
export function archiveOf(document: PackageDocument): ReadableStream<Uint8Array<ArrayBuffer>> {
  const chunks = packed(filesOf(document), new Date(document.madeAt));
  return new ReadableStream({
    pull: (controller) => {
      const { value, done } = chunks.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    cancel: () => {
      chunks.return();
    },
  });
}

function* filesOf(document: PackageDocument): Generator<TextFile> {
  yield { name: 'index.html', text: htmlPage(document) };
  yield { name: 'data.json', text: `${JSON.stringify(document, null, 2)}\n` };
  for (const { name, text } of csvFiles(document)) yield { name: `tables/${name}`, text };
}

function* packed(files: Iterable<TextFile>, mtime: Date): Generator<Uint8Array<ArrayBuffer>, void> {
  const ready: Uint8Array<ArrayBuffer>[] = [];
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error;
    if (chunk.length > 0) ready.push(Uint8Array.from(chunk));
  });
  for (const { name, text } of files) {
    const entry = new ZipDeflate(name);
    entry.mtime = mtime;
    zip.add(entry);
    const bytes = strToU8(text);
    for (let at = 0; at === 0 || at < bytes.length; at += CHUNK_BYTES) {
      entry.push(bytes.subarray(at, at + CHUNK_BYTES), at + CHUNK_BYTES >= bytes.length);
      yield* ready.splice(0);
    }
  }
  zip.end();
  yield* ready.splice(0);
}
