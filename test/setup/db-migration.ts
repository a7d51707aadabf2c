/**
 * `npm run db:migration -- NAME`: writes prisma/migrations/<timestamp>_<name>/migration.sql with what leads from the
 * migrations there are to prisma/schema.prisma. The migrations are tried on a PostgreSQL of its own.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { diffSchema } from '#app/data/deploy/migrations.ts';
import { createShadowDatabases, MIGRATIONS_DIRECTORY, postgresUrl, startPostgres } from '#test/support/postgres.ts';
import prismaConfig from '../../prisma/config.ts';

const name = (process.argv[2] ?? '').toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
if (name === '' || name === '_') {
  console.error('Give the migration a name: npm run db:migration -- NAME');
  process.exit(2);
}

const server = await startPostgres({ fsync: false });
try {
  const sql = await diffSchema({
    schemaPath: fileURLToPath(new URL('../../prisma/schema.prisma', import.meta.url)),
    config: { connectionString: postgresUrl(server, 'postgres') },
    migrationsDirectory: MIGRATIONS_DIRECTORY,
    filters: { externalTables: prismaConfig.tables?.external ?? [], externalEnums: prismaConfig.enums?.external ?? [] },
    createShadowDatabase: createShadowDatabases(server),
  });
  if (sql === null) console.log('The migrations and prisma/schema.prisma agree: there is nothing to write.');
  else console.log(`Written: ${relative(process.cwd(), await writeMigration(sql))}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await server.stop();
}

async function writeMigration(sql: string): Promise<string> {
  const timestamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const folder = join(MIGRATIONS_DIRECTORY, `${timestamp}_${name}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'migration.sql'), sql);
  return join(folder, 'migration.sql');
}
