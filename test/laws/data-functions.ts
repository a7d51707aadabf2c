import ts from 'typescript';

import { appSources, nodesOf, type Source } from '#test/laws/source.ts';

const REACHES_DATA = /\b(ShopTx|SqlTx|Database|Pool|\w*Services|\w*Deps)\b/;

/**
 * Exported functions, and public methods of exported classes, that take a shop's id and something to reach the database
 * with: by name, read off the sources, so that a new one cannot be forgotten.
 */
export function dataFunctions(
  sources: readonly Source[] = appSources('app/{carts,customers,insights,privacy,access,shopify,ops}/**/*.ts'),
): string[] {
  const names = sources.flatMap(({ tree }) => tree.statements.flatMap(functionsIn));
  return [...new Set(names)].sort();
}

function functionsIn(statement: ts.Statement): string[] {
  const isExported = ts.canHaveModifiers(statement) && hasModifier(statement, ts.SyntaxKind.ExportKeyword);
  if (!isExported) return [];
  if (ts.isFunctionDeclaration(statement)) return takesShopAndData(statement) ? [statement.name?.text ?? ''] : [];
  if (ts.isClassDeclaration(statement)) {
    return statement.members
      .filter(ts.isMethodDeclaration)
      .filter((method) => ts.isIdentifier(method.name) && takesShopAndData(method))
      .map((method) => `${statement.name?.text ?? ''}.${method.name.getText()}`);
  }
  return [];
}

function takesShopAndData(node: ts.FunctionDeclaration | ts.MethodDeclaration): boolean {
  const takesShop = node.parameters.some((parameter) =>
    [...nodesOf(parameter.name)].some((part) => ts.isIdentifier(part) && part.text === 'shopId'),
  );
  return takesShop && node.parameters.some(({ type }) => type !== undefined && REACHES_DATA.test(type.getText()));
}

function hasModifier(node: ts.HasModifiers, kind: ts.SyntaxKind): boolean {
  return ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) === true;
}
