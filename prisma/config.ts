import { defineConfig } from 'prisma/config';

/** Prisma's CLI is used to make the client only; migrations are written and applied by app/data/deploy. */
export default defineConfig({
  schema: 'schema.prisma',
  migrations: { path: 'migrations' },
});
