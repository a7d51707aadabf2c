import { strToU8, zipSync, type Zippable } from 'fflate';

import type { PackageDocument } from '#app/privacy/package/document.ts';
import { csvFiles } from '#app/privacy/package/files/csv.ts';
import { htmlPage } from '#app/privacy/package/files/html.ts';

/** One archive: the page to read, the data for another program to take over, and its tables for a spreadsheet. */
export function archiveOf(document: PackageDocument): Uint8Array<ArrayBuffer> {
  const mtime = new Date(document.madeAt);
  const file = (text: string) => [strToU8(text), { mtime }] as const;
  const files: Zippable = {
    'index.html': [...file(htmlPage(document))],
    'data.json': [...file(`${JSON.stringify(document, null, 2)}\n`)],
  };
  for (const { name, text } of csvFiles(document)) files[`tables/${name}`] = [...file(text)];
  return Uint8Array.from(zipSync(files));
}
