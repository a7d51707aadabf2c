import type { ShopWorld } from '#test/support/shop-world.ts';

const GUARDED = ['access_records', 'access_chains', 'access_checkpoints', 'access_reviews'];

/**
 * Does what nobody may: changes the access log behind its triggers' back, as a superuser who means it can. The triggers
 * stand again afterwards.
 */
export async function tamperAccessLog(
  world: Pick<ShopWorld, 'superuser'>,
  sql: string,
  params: unknown[] = [],
): Promise<void> {
  const each = (state: string) =>
    GUARDED.map((table) => `ALTER TABLE app.${table} ${state} TRIGGER stays, ${state} TRIGGER never_emptied;`).join(
      '\n',
    );
  await world.superuser(each('DISABLE'));
  try {
    await world.superuser(sql, params);
  } finally {
    await world.superuser(each('ENABLE ALWAYS'));
  }
}

/** Begins every chain anew. */
export async function clearAccessLog(world: Pick<ShopWorld, 'superuser'>): Promise<void> {
  await tamperAccessLog(
    world,
    'TRUNCATE app.access_records, app.access_chains, app.access_checkpoints, app.access_reviews, app.access_checks',
  );
}
