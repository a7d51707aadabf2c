import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

/** A source file of the app, parsed. */
export interface Source {
  /** From the root of the project: `app/carts/list.ts`. */
  readonly path: string;
  readonly tree: ts.SourceFile;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** All source files of the app: no tests, nothing generated. */
export function appSources(pattern = 'app/**/*.{ts,tsx}'): Source[] {
  return globSync(pattern, { cwd: ROOT })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !path.startsWith('app/data/prisma/') && !/\.test\.tsx?$/.test(path))
    .sort()
    .map((path) => parse(path, readFileSync(`${ROOT}${path}`, 'utf8')));
}

export function parse(path: string, text: string): Source {
  const kind = path.endsWith('.tsx') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  return { path, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind) };
}

/** Every node of a tree, parents first. */
export function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node;
  for (const child of node.getChildren()) yield* nodesOf(child);
}

/** `app/carts/list.ts:12` */
export function at({ path, tree }: Source, node: ts.Node): string {
  return `${path}:${String(tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1)}`;
}
