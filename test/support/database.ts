import { inject } from 'vitest';

import { createDatabase, type TestDatabase } from '#test/support/postgres.ts';

/** A migrated, empty database for a test file of the `integration` project. Call `drop()` when done. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return await createDatabase(inject('postgres'));
}
