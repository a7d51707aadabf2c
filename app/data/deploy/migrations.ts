import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { MigrationList, SchemaFilter } from '@prisma/schema-engine-wasm';
import type { PoolConfig } from 'pg';

import { databaseMessage, DeployError } from '#app/data/deploy/errors.ts';
import { withSchemaEngine, type ShadowDatabase } from '#app/data/deploy/schema-engine.ts';

const MIGRATION_FILE = 'migration.sql';
/** Applying scripts needs no model, but the engine does not start without one. */
const NO_MODELS: [string, string][] = [['schema.prisma', 'datasource db {\n  provider = "postgresql"\n}\n']];
const NOTHING_EXTERNAL: SchemaFilter = { externalTables: [], externalEnums: [] };

/** Reads every `<timestamp>_<name>/migration.sql` below `directory`, oldest first, in the form Prisma's engine wants. */
export async function readMigrations(directory: string): Promise<MigrationList> {
  const names = existsSync(directory) ? await readdir(directory, { withFileTypes: true }) : [];
  const folders = names.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return {
    baseDir: directory,
    // Prisma's file that names the kind of database; here there is one kind only.
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      folders.sort().map(async (path) => ({
        path,
        migrationFile: {
          path: MIGRATION_FILE,
          content: { tag: 'ok' as const, value: await readFile(join(directory, path, MIGRATION_FILE), 'utf8') },
        },
      })),
    ),
  };
}

/**
 * Applies the migrations a database does not have yet, in order, each as one transaction, and records them in
 * `_prisma_migrations` as Prisma does.
 *
 * @returns the names of those just applied.
 * @throws DeployError when a script fails or an applied script was changed afterwards. A failed script leaves no trace
 * and is tried again next time.
 */
export async function applyMigrations(owner: PoolConfig, migrationsList: MigrationList): Promise<string[]> {
  try {
    return await withSchemaEngine(NO_MODELS, owner, async (engine) => {
      const diagnose = () =>
        engine.diagnoseMigrationHistory({ migrationsList, optInToShadowDatabase: false, filters: NOTHING_EXTERNAL });
      // A script is one transaction, so a recorded failure means that nothing of it happened.
      for (const migrationName of (await diagnose()).failedMigrationNames) {
        await engine.markMigrationRolledBack({ migrationName });
      }
      const { editedMigrationNames } = await diagnose();
      if (editedMigrationNames.length > 0) {
        throw new DeployError(
          `These migrations were changed after they had been applied: ${editedMigrationNames.join(', ')}. ` +
            'Restore their files and write a new migration instead.',
        );
      }
      const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters: NOTHING_EXTERNAL });
      return appliedMigrationNames;
    });
  } catch (error) {
    if (error instanceof DeployError) throw error;
    throw new DeployError(`A migration could not be applied, nothing of it was kept. ${databaseMessage(error)}`);
  }
}

export interface SchemaDiff {
  readonly schemaPath: string;
  readonly migrationsDirectory: string;
  /** Any database of the server; the engine looks at its version only. */
  readonly config: PoolConfig;
  /** Objects Prisma must not touch, as `schema.name`: raw SQL made them. */
  readonly filters?: SchemaFilter;
  readonly createShadowDatabase: () => Promise<ShadowDatabase>;
}

/** @returns the SQL that leads from the migrations to the schema file, or null when they agree. */
export async function diffSchema(diff: SchemaDiff): Promise<string | null> {
  const schema = { path: diff.schemaPath, content: await readFile(diff.schemaPath, 'utf8') };
  const filters = diff.filters ?? NOTHING_EXTERNAL;
  const migrations = await readMigrations(diff.migrationsDirectory);
  return await withSchemaEngine(
    [[schema.path, schema.content]],
    diff.config,
    async (engine) => {
      const result = await engine.diff({
        from: { tag: 'migrations', ...migrations },
        to: { tag: 'schemaDatamodel', files: [schema] },
        script: true,
        exitCode: true,
        filters,
      });
      return result.exitCode === 0 ? null : (result.stdout ?? null);
    },
    diff.createShadowDatabase,
  );
}
