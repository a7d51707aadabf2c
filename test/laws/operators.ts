import ts from 'typescript';
import { describe, expect, it } from 'vitest';

import { COMMANDS } from '#app/ops/commands.ts';
import { appSources, nodesOf, parse, type Source } from '#test/laws/source.ts';

const ON_RECORD = new Set(['onOperatorRecord', 'onShopRecord']);

/** Operators' commands in a file, and those of them that work only on record. */
function commandsIn(source: Source): { commands: number; onRecord: number } {
  const nodes = [...nodesOf(source.tree)];
  const commands = nodes.filter((node) => ts.isVariableDeclaration(node) && node.type?.getText() === 'OpsCommand');
  const calls = nodes.filter(
    (node) => ts.isCallExpression(node) && ts.isIdentifier(node.expression) && ON_RECORD.has(node.expression.text),
  );
  return { commands: commands.length, onRecord: calls.length };
}

/** Files with a command that leaves no record. */
function offRecord(sources: readonly Source[]): string[] {
  return sources.filter((source) => commandsIn(source).commands > commandsIn(source).onRecord).map(({ path }) => path);
}

describe('law 8: what operators do is on record', () => {
  const sources = appSources('app/ops/**/*.ts');

  it('in every command there is', () => {
    const found = sources.map(commandsIn).reduce((sum, { commands }) => sum + commands, 0);
    expect(found).toBe(COMMANDS.length);
    expect(offRecord(sources)).toEqual([]);
  });

  it('control: a command that is not is caught', () => {
    const quiet = `export const quiet: OpsCommand = { name: 'x:y', run: async ({ db }) => db.prisma.$queryRaw\`SELECT 1\` };`;
    expect(offRecord([parse('app/ops/quiet.ts', quiet)])).toEqual(['app/ops/quiet.ts']);
  });
});
