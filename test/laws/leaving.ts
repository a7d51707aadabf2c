import ts from 'typescript';
import { describe, expect, it } from 'vitest';

import { LEAVING, type LeavingPurpose } from '#app/privacy/choices/rules.ts';
import { appSources, at, nodesOf, parse, type Source } from '#test/laws/source.ts';

/**
 * Files by which something leaves the app today, and as what. All of it leaves by law, so no choice decides about it; the
 * day something leaves for another purpose, its file has to ask `mayLeave`.
 */
const LEAVES: Readonly<Record<string, LeavingPurpose | 'nothing-of-a-shopper'>> = {
  // To the shop's privacy contact: a link and a date (app/privacy/notices).
  'app/mail/mailer.ts': 'nothing-of-a-shopper',
  'app/routes/app.access-log.export.ts': 'record-of-access',
  'app/routes/app.requests.$id_.download.ts': 'copy-for-the-person',
  'app/routes/copy.$token_.archive.ts': 'copy-for-the-person',
};

/** What makes an answer a file to keep, or sends a mail. */
const WAYS_OUT = [/^content-disposition$/i, /^sendMail$/];

function leavingFaults(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const ways = [...nodesOf(source.tree)].filter(isWayOut);
    const [first] = ways;
    if (first === undefined) return [];
    const purpose = LEAVES[source.path];
    if (purpose === 'nothing-of-a-shopper') return [];
    if (purpose !== undefined && !LEAVING[purpose].asks) return [];
    return asks(source) ? [] : [at(source, first)];
  });
}

function isWayOut(node: ts.Node): boolean {
  if (!(ts.isStringLiteral(node) || ts.isIdentifier(node))) return false;
  return WAYS_OUT.some((way) => way.test(node.text));
}

function asks({ tree }: Source): boolean {
  return [...nodesOf(tree)].some(
    (node) => ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'mayLeave',
  );
}

describe('what leaves the app asks the shopper’s choice, unless the law wants it out', () => {
  it('every way out is named with what leaves by it, or asks', () => {
    expect(leavingFaults(appSources('app/**/*.{ts,tsx}'))).toEqual([]);
  });

  it('control: an export that does not ask is caught, and one that asks is not', () => {
    const sources = [
      parse('app/routes/a.ts', `export const headers = { 'Content-Disposition': 'attachment' };`),
      parse('app/mail/b.ts', `await transport.sendMail({ to: person.email });`),
      parse(
        'app/routes/c.ts',
        `if (mayLeave('marketing', choice)) send({ 'content-disposition': 'attachment; filename="a.csv"' });`,
      ),
    ];
    expect(leavingFaults(sources)).toEqual(['app/routes/a.ts:1', 'app/mail/b.ts:1']);
  });

  it('each of the named files exists and has a way out, so that the list says nothing that is not so', () => {
    const out = appSources('app/**/*.{ts,tsx}').filter(({ tree }) => [...nodesOf(tree)].some(isWayOut));
    expect(out.map(({ path }) => path).sort()).toEqual(Object.keys(LEAVES).sort());
  });
});
