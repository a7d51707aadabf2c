import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
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

/** The module a node imports, as it is written: `import`, `export … from`, `import()`, `import('…')` in a type. */
export function importedBy(node: ts.Node): string | null {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined)
    return textOf(node.moduleSpecifier);
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return textOf(node.arguments[0]);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return textOf(node.argument.literal);
  return null;
}

/** The file that an import in `path` means: `app/carts/list.ts`. The name of a package stays as it is. */
export function moduleOf(path: string, specifier: string): string {
  return specifier.startsWith('.')
    ? posix.join(posix.dirname(path), specifier)
    : specifier.replace(/^#(app|test)\//, '$1/');
}

function textOf(node: ts.Node | undefined): string {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : '(computed)';
}
