/** What the browser has to fetch before a page works, compressed: the budget, in numbers. */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { beforeAll, describe, expect, it } from 'vitest';

const CLIENT = fileURLToPath(new URL('../../build/remix/client', import.meta.url));
const FIRST_LOAD_BYTES = 180_000;
const FURTHER_ROUTE_BYTES = 25_000;

interface Entry {
  readonly module: string;
  readonly imports?: readonly string[];
}
interface Manifest {
  readonly entry: Entry;
  readonly routes: Readonly<Record<string, Entry & { readonly path?: string }>>;
}

let manifest: Manifest;
const FIRST_PAGE = 'routes/app.carts._index';
const FRAME = ['root', 'routes/app'];

beforeAll(async () => {
  const assets = await readdir(`${CLIENT}/assets`);
  const file = assets.find((name) => name.startsWith('manifest-')) ?? '';
  const text = await readFile(`${CLIENT}/assets/${file}`, 'utf8');
  manifest = JSON.parse(text.slice(text.indexOf('=') + 1).replace(/;\s*$/, '')) as Manifest;
});

function filesOf(routes: readonly string[]): Set<string> {
  const entries = [manifest.entry, ...routes.map((route) => manifest.routes[route])];
  return new Set(entries.flatMap((entry) => (entry === undefined ? [] : [entry.module, ...(entry.imports ?? [])])));
}

async function weigh(files: Iterable<string>): Promise<number> {
  let bytes = 0;
  for (const file of files) bytes += gzipSync(await readFile(CLIENT + file)).length;
  return bytes;
}

describe('the weight of the scripts', () => {
  it('of the first page stays in the budget', async () => {
    const bytes = await weigh(filesOf([...FRAME, FIRST_PAGE]));
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThanOrEqual(FIRST_LOAD_BYTES);
  });

  it('of every further page stays in the budget', async () => {
    const had = filesOf([...FRAME, FIRST_PAGE]);
    for (const route of Object.keys(manifest.routes)) {
      const more = [...filesOf([route])].filter((file) => !had.has(file));
      expect(await weigh(more), route).toBeLessThanOrEqual(FURTHER_ROUTE_BYTES);
    }
  });
});
