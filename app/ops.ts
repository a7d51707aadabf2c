/** Operators' commands. Run by `npm run ops -- COMMAND`; in production `node build/programs/ops.js COMMAND`. */
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';

import { openDatabase } from '#app/data/with-shop.ts';
import { type OpsCommand, UsageError } from '#app/ops/command.ts';
import { deadLettersCommand, replayCommand } from '#app/ops/dead-letters.ts';
import { EXIT_CODES, readSettings, SettingsError } from '#app/settings.ts';

const COMMANDS: readonly OpsCommand[] = [deadLettersCommand, replayCommand];

function help(): string {
  const rows = COMMANDS.map((command) => `  ${command.name} ${command.usage}\n      ${command.about}`);
  return `Usage: npm run ops -- COMMAND [--json]\n\n${rows.join('\n')}\n`;
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  });
  const [name, ...words] = positionals;
  const command = COMMANDS.find((known) => known.name === name);
  if (command === undefined || values.help) {
    process.stdout.write(help());
    if (!values.help) process.exitCode = EXIT_CODES.usage;
    return;
  }
  const settings = readSettings(process.env, 'ops');
  const db = openDatabase({ url: settings.databaseUrl, applicationName: 'cart-insights ops', max: 1 });
  try {
    const answer = await command.run({ db, now: () => new Date(), operator: userInfo().username }, words);
    process.stdout.write(values.json ? `${JSON.stringify(answer.data)}\n` : `${answer.lines.join('\n')}\n`);
  } finally {
    await db.close();
  }
}

try {
  await main();
} catch (error) {
  const isUsage =
    error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true;
  const message =
    isUsage || error instanceof SettingsError ? (error as Error).message : 'The command failed; nothing was changed.';
  process.stderr.write(`${message}\n`);
  process.exitCode = isUsage ? EXIT_CODES.usage : error instanceof SettingsError ? EXIT_CODES.settings : 1;
}
