import pg from 'pg';

import { poolConfig } from '#app/data/connection.ts';
import type { OpsContext } from '#app/ops/command.ts';
import type { ShopWorld } from '#test/support/shop-world.ts';

/** An operator's command as `npm run ops` would run it: with the program's login, and the superuser as the one who deploys. */
export interface OpsDesk {
  readonly context: OpsContext;
  /** What would have been shown while it ran. */
  readonly progressLines: string[];
  close(): Promise<void>;
}

export function openOpsDesk(world: ShopWorld, more: Partial<OpsContext> & { readonly input?: string } = {}): OpsDesk {
  const { input = '', ...context } = more;
  const pools = new Map<string, pg.Pool>();
  const poolOf = (name: string, open: () => pg.Pool): pg.Pool => {
    const pool = pools.get(name) ?? open();
    pools.set(name, pool);
    return pool;
  };
  const progressLines: string[] = [];
  return {
    context: {
      db: world.db,
      keyring: world.keyring,
      keyStore: world.keyStore,
      pool: (role) =>
        poolOf(role, () => new pg.Pool(poolConfig(world.database.url, role, { applicationName: 'test ops', max: 2 }))),
      deployPool: () => poolOf('deploy', () => new pg.Pool({ connectionString: world.database.superuserUrl, max: 2 })),
      scanPaths: [],
      backupDays: null,
      now: () => new Date(),
      operator: 'tester',
      readInput: () => Promise.resolve(input),
      progress: (line) => void progressLines.push(line),
      ...context,
    },
    progressLines,
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.end()));
    },
  };
}
