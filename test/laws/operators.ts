import ts from 'typescript';
import { describe, expect, it } from 'vitest';

import { COMMANDS } from '#app/ops/commands.ts';
import { appSources, nodesOf, parse, type Source } from '#test/laws/source.ts';

const ON_RECORD = new Set(['onOperatorRecord', 'onShopRecord']);

type CommandNode = ts.VariableDeclaration & { readonly initializer: ts.Expression };

/** Operators' commands in a file. */
function commandsIn(source: Source): CommandNode[] {
  return [...nodesOf(source.tree)].filter(
    (node): node is CommandNode =>
      ts.isVariableDeclaration(node) && node.type?.getText() === 'OpsCommand' && node.initializer !== undefined,
  );
}

/** Names of the functions that are called below a node. */
function callsIn(node: ts.Node): string[] {
  const calls = [...nodesOf(node)].filter(ts.isCallExpression);
  return calls.flatMap(({ expression }) => (ts.isIdentifier(expression) ? expression.text : []));
}

/** Commands that work off the record: neither themselves nor through a function of their file. */
function offRecord(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const helpers = source.tree.statements
      .filter(ts.isFunctionDeclaration)
      .filter((helper) => callsIn(helper).some((name) => ON_RECORD.has(name)))
      .flatMap(({ name }) => name?.text ?? []);
    const recording = new Set([...ON_RECORD, ...helpers]);
    return commandsIn(source)
      .filter(({ initializer }) => !callsIn(initializer).some((name) => recording.has(name)))
      .map(({ name }) => `${source.path}: ${name.getText()}`);
  });
}

describe('law 8: what operators do is on record', () => {
  const sources = appSources('app/ops/**/*.ts');

  it('in every command there is', () => {
    const found = sources.flatMap(commandsIn).length;
    expect(found).toBe(COMMANDS.length);
    expect(offRecord(sources)).toEqual([]);
  });

  it('control: a command that is not is caught', () => {
    const quiet = `export const quiet: OpsCommand = { name: 'x:y', run: async ({ db }) => db.prisma.$queryRaw\`SELECT 1\` };`;
    expect(offRecord([parse('app/ops/quiet.ts', quiet)])).toEqual(['app/ops/quiet.ts: quiet']);
  });
});
