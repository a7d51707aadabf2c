import { readFileSync } from 'node:fs';

import ts from 'typescript';
import { describe, expect, it } from 'vitest';

import { appSources, at, moduleOf, nodesOf, parse, type Source } from '#test/laws/source.ts';

/** The vault's functions that turn a sealed value into a readable one. */
const OPENING_FUNCTIONS = new Set(['open', 'openJson', 'openOrThrow']);

/** Who may open, and why. Everybody else asks one of the two doors, which leave a record. */
const OPENERS: Readonly<Record<string, string>> = {
  'app/access/opener.ts': 'the two doors of the gate, openForPeople and openForWork, which write down what it opened',
  'app/access/compare.ts': 'the third door: compares, and gives out nothing but yes or no',
  'app/access/staff-seal.ts': 'names of the shop’s own staff beside their roles; no shopper occurs in it',
  'app/ingest/apply/open-event.ts': 'apply step: what the edge sealed a moment ago becomes rows',
  'app/carts/apply/load.ts': 'apply step: a document is opened to be merged with what came in, and sealed again',
  'app/customers/people-store.ts':
    'apply step: a person is opened to be merged with what came in, and sealed again; or, erased by what came in, for the tombstone of the address',
  'app/customers/move-digests.ts':
    'rotation of the e-mail index: an e-mail is opened to be digested under the new key, and let go',
  'app/ingest/edge/dead-letter.ts': 'the edge re-seals what it sealed itself, when it has to be put aside',
  'app/shopify/session-storage.ts': 'session tokens: technical, no shopper occurs in them',
  'app/privacy/agreements/seals.ts': 'who signed the agreement: staff of the shop, no shopper occurs in it',
};

/** Places outside of {@link OPENERS} where a file gets at the means to open a sealed value. */
function openingFaults(source: Source): string[] {
  if (source.path in OPENERS || source.path.startsWith('app/vault/')) return [];
  return meansToOpen(source).map((fault) => `${fault}: only the access gate and the apply step open sealed values`);
}

function meansToOpen(source: Source): string[] {
  return [...nodesOf(source.tree)].flatMap((node) => {
    const means = meansOf(source.path, node);
    return means === null ? [] : [`${at(source, node)}: ${means}`];
  });
}

function meansOf(path: string, node: ts.Node): string | null {
  if (ts.isImportDeclaration(node) && isVault(path, node.moduleSpecifier)) {
    const bindings = node.importClause?.namedBindings;
    if (node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword || bindings === undefined) return null;
    if (ts.isNamespaceImport(bindings)) return 'imports everything of the vault';
    const opening = bindings.elements.find(({ name, propertyName, isTypeOnly }) => {
      return !isTypeOnly && OPENING_FUNCTIONS.has((propertyName ?? name).text);
    });
    return opening === undefined ? null : `imports ${(opening.propertyName ?? opening.name).text}`;
  }
  // The gate is the one that writes down what its opener opened.
  if (ts.isImportDeclaration(node) && path !== 'app/access/gate.ts' && importsOpener(path, node)) {
    return 'imports the opener of the gate';
  }
  if (ts.isExportDeclaration(node) && isVault(path, node.moduleSpecifier)) {
    return node.isTypeOnly ? null : 'hands the vault on';
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return isVault(path, node.arguments[0]) ? 'imports the vault when it runs' : null;
  }
  if (ts.isIdentifier(node) && /^create(Decipher|Decipheriv)$/.test(node.text)) return 'deciphers by itself';
  return null;
}

function importsOpener(path: string, { importClause, moduleSpecifier }: ts.ImportDeclaration): boolean {
  const bindings = importClause?.namedBindings;
  if (!isIn('app/access/opener.ts', path, moduleSpecifier) || bindings === undefined) return false;
  if (importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword) return false;
  return ts.isNamespaceImport(bindings) || bindings.elements.some(({ isTypeOnly }) => !isTypeOnly);
}

function isVault(path: string, specifier: ts.Node | undefined): boolean {
  return isIn('app/vault/', path, specifier);
}

function isIn(place: string, path: string, specifier: ts.Node | undefined): boolean {
  if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return false;
  return moduleOf(path, specifier.text).startsWith(place);
}

describe('sealed values are opened by those on the list, and by nobody else', () => {
  const sources = appSources();

  it('in every file of the app', () => {
    expect(sources.flatMap(openingFaults)).toEqual([]);
  });

  it('and everybody on the list does', () => {
    const opening = sources.filter((source) => meansToOpen(source).length > 0).map(({ path }) => path);
    expect(opening.filter((path) => !path.startsWith('app/vault/'))).toEqual(Object.keys(OPENERS).sort());
  });

  it('and lint says the same while the code is written', () => {
    const config = readFileSync(new URL('../../eslint.config.js', import.meta.url), 'utf8');
    const list = /const OPENERS = \[(.*?)\]/s.exec(config)?.[1] ?? '';
    expect([...list.matchAll(/'(.+?)'/g)].map(([, path]) => path).sort()).toEqual(Object.keys(OPENERS).sort());
  });

  it.each([
    [`import { openJson } from '#app/vault/sealed-json.ts';`, 'imports openJson'],
    [`import { sealJson, openJson as read } from '../vault/sealed-json.ts';`, 'imports openJson'],
    [`import { open } from '#app/vault/envelope.ts';`, 'imports open'],
    [`import * as vault from '#app/vault/envelope.ts';`, 'imports everything'],
    [`const { open } = await import('#app/vault/envelope.ts');`, 'when it runs'],
    [`export { openJson } from '#app/vault/sealed-json.ts';`, 'hands the vault on'],
    [`import { Opener, type OpenedFields } from '#app/access/opener.ts';`, 'imports the opener'],
    [`import { createDecipheriv } from 'node:crypto';`, 'deciphers by itself'],
  ])('control: `%s` is caught', (text, fault) => {
    expect(openingFaults(parse('app/carts/x.ts', text)).join()).toContain(fault);
  });

  it('control: sealing, types and headers are not caught', () => {
    const good = `
      import { sealJson } from '#app/vault/sealed-json.ts';
      import { readHeader, seal } from '#app/vault/envelope.ts';
      import type { OpenedFields } from '#app/access/opener.ts';
      import { open } from 'node:fs/promises';`;
    expect(openingFaults(parse('app/carts/x.ts', good))).toEqual([]);
  });
});
