/** `npm run db:deploy`: brings the database of DATABASE_URL to the state this version of the app expects. Run in the project's folder. */
import { resolve } from 'node:path';

import { deployDatabase } from '#app/data/deploy/deploy.ts';
import { DeployError } from '#app/data/deploy/errors.ts';
import { QUEUES } from '#app/jobs/definitions.ts';
import { EXIT_CODES, readSettings, SettingsError } from '#app/settings.ts';

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  const settings = readSettings(process.env, 'deploy');
  const { appliedMigrations, notes } = await deployDatabase({
    deployUrl: settings.deployDatabaseUrl,
    loginUrl: settings.databaseUrl,
    migrationsDirectory: resolve('prisma/migrations'),
    queues: QUEUES,
  });
  for (const name of appliedMigrations) say(`Applied ${name}`);
  for (const note of notes) say(`Note: ${note}`);
  say(appliedMigrations.length === 0 ? 'The database is up to date.' : 'The database is deployed.');
} catch (error) {
  if (!(error instanceof SettingsError) && !(error instanceof DeployError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof SettingsError ? EXIT_CODES.settings : EXIT_CODES.database;
}
// Prisma's engine leaves a timer behind that would keep the program for ten seconds more.
process.exit();
