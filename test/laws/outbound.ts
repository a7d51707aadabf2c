import ts from 'typescript';
import { describe, expect, it } from 'vitest';

import { appSources, at, nodesOf, parse, type Source } from '#test/laws/source.ts';

/** Modules that can open a connection to somebody else. `pg` is the database; what it may reach is the settings' matter. */
const CONNECTING_MODULES = /^(node:)?(http|https|http2|net|tls|dgram|undici|nodemailer)$/;

/** Who may import one of these for more than types, and what for. */
const MAY_IMPORT: Readonly<Record<string, string>> = {
  'app/edge.ts': 'listens',
  'app/start.ts': 'listens, and hands on to its own programs',
  'app/web/serve.ts': 'listens',
  'app/mail/mailer.ts': 'the operator’s SMTP server, which the settings name',
  'app/web/client-address.ts': 'asks whether a text is an address; opens nothing',
  'app/data/connection.ts': 'checks the name in a server certificate; opens nothing itself',
};

/** Who may call `fetch`, and whom it asks. */
const MAY_FETCH: Readonly<Record<string, string>> = {
  'app/shopify/admin.ts': 'the shop’s Admin API',
  'app/shopify/offline-token.ts': 'the shop’s token endpoint',
  'app/data/keks/post-json.ts': 'the key service that the settings name',
  'app/outbound.ts': 'wraps it',
};

/** Scripts of the page run in the browser and ask their own origin. */
const IN_THE_BROWSER = 'app/ui/';

function connections(sources: readonly Source[]): string[] {
  return sources.flatMap((source) =>
    [...nodesOf(source.tree)].flatMap((node) => {
      if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
        const isTypeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword || namesTypesOnly(node);
        if (isTypeOnly || !CONNECTING_MODULES.test(node.moduleSpecifier.text)) return [];
        return source.path in MAY_IMPORT ? [] : [at(source, node)];
      }
      if (ts.isIdentifier(node) && node.text === 'fetch' && isGlobalUse(node)) {
        return source.path in MAY_FETCH || source.path.startsWith(IN_THE_BROWSER) ? [] : [at(source, node)];
      }
      return [];
    }),
  );
}

function namesTypesOnly({ importClause }: ts.ImportDeclaration): boolean {
  const bindings = importClause?.namedBindings;
  if (importClause?.name !== undefined || bindings === undefined || !ts.isNamedImports(bindings)) return false;
  return bindings.elements.every((element) => element.isTypeOnly);
}

/** Not a property of something else, nor a name that is being declared, nor a type. */
function isGlobalUse(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression.getText() === 'globalThis';
  return !(ts.isPropertySignature(parent) || ts.isPropertyAssignment(parent) || ts.isTypeQueryNode(parent));
}

describe('law 7: nobody is asked who is not on the list', () => {
  it('connections are opened by the files that are named, and only there', () => {
    expect(connections(appSources())).toEqual([]);
  });

  it('control: another way out is caught', () => {
    const sources = [
      parse('app/carts/a.ts', `export const send = () => fetch('https://collector.example');`),
      parse('app/carts/b.ts', `import { request } from 'node:https';\nrequest('https://collector.example');`),
      parse('app/carts/c.ts', `globalThis.fetch('https://collector.example');`),
      parse(
        'app/carts/d.ts',
        `import type { Server } from 'node:http';\nexport const x = (deps: { fetch: typeof fetch }) => deps;`,
      ),
    ];
    expect(connections(sources)).toEqual(['app/carts/a.ts:1', 'app/carts/b.ts:1', 'app/carts/c.ts:1']);
  });

  it('each of the named files exists, so that the list says nothing that is not so', () => {
    const paths = new Set(appSources().map(({ path }) => path));
    expect([...Object.keys(MAY_IMPORT), ...Object.keys(MAY_FETCH)].filter((path) => !paths.has(path))).toEqual([]);
  });
});
