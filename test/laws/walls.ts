import ts from 'typescript';
import { describe, expect, it } from 'vitest';

import { appSources, at, importedBy, moduleOf, nodesOf, parse, type Source } from '#test/laws/source.ts';

/** The folders of app/, top first. A folder imports from itself, its own row and the rows below. */
const LAYERS: readonly (readonly string[])[] = [
  ['routes'],
  ['edge', 'web', 'worker'],
  ['carts', 'customers', 'insights', 'privacy', 'access', 'ops', 'ui'],
  ['ingest', 'jobs', 'mail', 'shopify'],
  ['data'],
  ['vault'],
];

/** Programs: they put the parts together and alone read the environment. */
const ROOTS = [
  'app/edge.ts',
  'app/web.ts',
  'app/worker.ts',
  'app/ops.ts',
  'app/start.ts',
  'app/data/deploy/program.ts',
];

const layerOf = (folder: string) => LAYERS.findIndex((folders) => folders.includes(folder));

/** What a file does that the walls forbid; empty for a good one. */
function wallFaults(source: Source): string[] {
  return [...nodesOf(source.tree)].flatMap((node) => {
    const fault = faultOf(source, node);
    return fault === null ? [] : [`${at(source, node)}: ${fault}`];
  });
}

function faultOf(source: Source, node: ts.Node): string | null {
  const isRoot = ROOTS.includes(source.path);
  const imported = importedBy(node);
  if (imported !== null) return importFault(source.path, isRoot, imported);
  if (ts.isIdentifier(node) && node.text === 'console' && !isPropertyName(node)) return 'uses console';
  if (isRoot) return null;
  if (ts.isPropertyAccessExpression(node) && node.name.text === 'env') {
    const owner = node.expression.getText();
    if (owner === 'process' || owner === 'import.meta') return 'reads the environment';
  }
  if (ts.isElementAccessExpression(node) && node.expression.getText() === 'process') return 'reads the environment';
  if (ts.isVariableDeclaration(node) && node.initializer?.getText() === 'process') return 'reads the environment';
  return null;
}

function importFault(path: string, isRoot: boolean, specifier: string): string | null {
  const target = moduleOf(path, specifier);
  if (target.startsWith('test/') || target.startsWith('../'))
    return `imports ${specifier}: the app does not know its tests`;
  if ((specifier === 'process' || specifier === 'node:process') && !isRoot) return 'reads the environment';

  const [, folder = '', ...inside] = path.split('/');
  if (folder === 'vault' && specifier !== 'node:crypto' && !target.startsWith('app/vault/'))
    return `imports ${specifier}: the vault imports nothing`;
  if (isRoot || inside.length === 0 || !target.startsWith('app/')) return null;

  const [, other = '', ...insideOther] = target.split('/');
  if (ROOTS.includes(target)) return `imports ${specifier}: that is a program`;
  if (insideOther.length > 0 && layerOf(folder) < 0) return `lies in app/${folder}, which is no folder of the plan`;
  if (insideOther.length > 0 && layerOf(other) < layerOf(folder))
    return `imports ${specifier}: imports point downwards`;
  return null;
}

function isPropertyName(node: ts.Identifier): boolean {
  return (
    (ts.isPropertyAccessExpression(node.parent) && node.parent.name === node) || ts.isPropertyAssignment(node.parent)
  );
}

describe('law 6: the walls stand', () => {
  const sources = appSources();

  it('in every file of the app', () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.flatMap(wallFaults)).toEqual([]);
  });

  it.each([
    ['app/carts/x.ts', `import { seed } from '#test/support/seed.ts';`, 'does not know its tests'],
    ['app/carts/x.ts', `const { seed } = await import('../../test/support/seed.ts');`, 'does not know its tests'],
    ['app/data/x.ts', `import { listCarts } from '#app/carts/list.ts';`, 'downwards'],
    ['app/shopify/x.ts', `export type { CartList } from '../carts/list.ts';`, 'downwards'],
    ['app/ingest/x.ts', `let list: import('#app/carts/list.ts').CartList;`, 'downwards'],
    ['app/carts/x.ts', `import '#app/worker.ts';`, 'program'],
    ['app/vault/x.ts', `import { AppError } from '#app/errors.ts';`, 'the vault imports nothing'],
    ['app/vault/x.ts', `import { readFileSync } from 'node:fs';`, 'the vault imports nothing'],
    ['app/carts/x.ts', `const url = process.env.DATABASE_URL;`, 'environment'],
    ['app/carts/x.ts', `const url = process['env'].DATABASE_URL;`, 'environment'],
    ['app/carts/x.ts', `import { env } from 'node:process';`, 'environment'],
    ['app/carts/x.ts', `const { env } = process;`, 'environment'],
    ['app/carts/x.ts', `console.log(cart);`, 'console'],
    ['app/carts/x.ts', `globalThis.setTimeout(console.error);`, 'console'],
    ['app/helpers/x.ts', `import { listCarts } from '#app/carts/list.ts';`, 'no folder of the plan'],
  ])('control: in %s, `%s` is caught', (path, text, fault) => {
    expect(wallFaults(parse(path, text)).join()).toContain(fault);
  });

  it('control: what is allowed is not caught', () => {
    const good = `
      import { createHash } from 'node:crypto';
      import type { ShopTx } from '#app/data/with-shop.ts';
      import { openForPeople } from '#app/access/gate.ts';
      export const settings = { console: 'x', env: process.uptime() };
      // process.env and console.log in a comment`;
    expect(wallFaults(parse('app/carts/x.ts', good))).toEqual([]);
  });
});
