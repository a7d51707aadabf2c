import type { ShopWorld } from '#test/support/shop-world.ts';

/** Puts a shop into a state behind the back of the trigger that lets only an erasure mark it, for tests of what follows from it. */
export async function forceShopStatus(
  world: Pick<ShopWorld, 'superuser'>,
  shopId: string,
  status: string,
): Promise<void> {
  await world.superuser('ALTER TABLE app.shops DISABLE TRIGGER erased_mark');
  try {
    await world.superuser('UPDATE app.shops SET status = $2 WHERE id = $1', [shopId, status]);
  } finally {
    await world.superuser('ALTER TABLE app.shops ENABLE ALWAYS TRIGGER erased_mark');
  }
}
