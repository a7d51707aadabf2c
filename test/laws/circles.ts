import { describe, expect, it } from 'vitest';

import { appSources, importedBy, moduleOf, nodesOf, parse, type Source } from '#test/laws/source.ts';

/**
 * Circles of imports, each once: `a.ts → b.ts → a.ts`. Types count as well: two files of which neither can be read without
 * the other are one file, or have a third in them.
 */
function importCircles(sources: readonly Source[]): string[] {
  const imports = new Map(sources.map((source) => [source.path, importsOf(source)]));
  const circles: string[] = [];
  const done = new Set<string>();
  const walk = (path: string, way: readonly string[]): void => {
    const from = way.indexOf(path);
    if (from >= 0) circles.push([...way.slice(from), path].join(' → '));
    if (from >= 0 || done.has(path)) return;
    for (const next of imports.get(path) ?? []) walk(next, [...way, path]);
    done.add(path);
  };
  for (const path of imports.keys()) walk(path, []);
  return circles;
}

function importsOf({ path, tree }: Source): string[] {
  return [...nodesOf(tree)].flatMap((node) => {
    const specifier = importedBy(node);
    return specifier === null ? [] : [moduleOf(path, specifier)];
  });
}

describe('imports go in no circle', () => {
  it('in the whole app', () => {
    const sources = appSources();
    expect(sources.flatMap(importsOf).length).toBeGreaterThan(sources.length);
    expect(importCircles(sources)).toEqual([]);
  });

  it('control: a circle is caught, also one of types, and one file that two import is none', () => {
    const sources = [
      parse('app/carts/a.ts', `import { b } from './b.ts'; import { shared } from '#app/carts/shared.ts';`),
      parse('app/carts/b.ts', `import type { C } from '#app/carts/c.ts'; import './shared.ts';`),
      parse('app/carts/c.ts', `export { a } from './a.ts';`),
      parse('app/carts/shared.ts', `import { v7 } from 'uuid';`),
    ];
    expect(importCircles(sources)).toEqual(['app/carts/a.ts → app/carts/b.ts → app/carts/c.ts → app/carts/a.ts']);
    expect(importCircles(sources.slice(0, 2))).toEqual([]);
  });
});
