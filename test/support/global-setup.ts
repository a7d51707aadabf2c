import type { TestProject } from 'vitest/node';

import { QUEUES } from '#app/jobs/definitions.ts';
import { createTemplate, startPostgres, type PostgresTemplate } from '#test/support/postgres.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: PostgresTemplate;
  }
}

/** One PostgreSQL for the whole run, migrated once; every test file clones what it needs. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres({ fsync: false });
  try {
    project.provide('postgres', await createTemplate(server, QUEUES));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return () => server.stop();
}
