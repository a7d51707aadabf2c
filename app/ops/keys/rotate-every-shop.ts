import { beginRotation, getRotation, saveRotation } from '#app/data/rotation-progress.ts';
import { withShopSql } from '#app/data/with-shop.ts';
import type { OpsContext } from '#app/ops/command.ts';
import { everyShop, inNoShop } from '#app/ops/keys/rotate-kek.ts';
import {
  bringUnderNewKeys,
  retireOldKeys,
  rotationName,
  type RotationKind,
  type RotationOptions,
  type ShopRotation,
} from '#app/ops/keys/rotate-shop.ts';

/**
 * Rotates the keys of every shop: all of the first parts before any of the second, so that one waits once.
 *
 * Cut off, the next run goes on with the same round: a shop that was finished in it is not begun anew. A shop with values
 * that do not open keeps its old keys and is told of; it does not hold up the round.
 *
 * @returns one rotation for each shop that this run rotated.
 */
export async function rotateEveryShop(
  context: OpsContext,
  kind: RotationKind,
  options: RotationOptions = {},
): Promise<ShopRotation[]> {
  const name = `${kind}:every-shop`;
  const round = await inNoShop(context, (tx) => beginRotation(tx, name, 'shops'));
  const due: string[] = [];
  const all = await everyShop(context);
  for (const shopId of all) {
    const last = await withShopSql(context.pool('ci_app'), shopId, (tx) => getRotation(tx, rotationName(kind, shopId)));
    const isDone = last?.finishedAt != null && last.finishedAt >= round.startedAt;
    if (!isDone) due.push(shopId);
  }
  for (const [index, shopId] of due.entries()) {
    await bringUnderNewKeys(context, shopId, kind, options);
    context.progress(`${String(all.length - due.length + index + 1)} of ${String(all.length)} shops`);
  }
  const rotations: ShopRotation[] = [];
  for (const shopId of due) rotations.push(await retireOldKeys(context, shopId, kind, options));
  const done = rotations.reduce((sum, rotation) => sum + rotation.done, 0);
  await inNoShop(context, (tx) =>
    saveRotation(tx, name, { step: 'done', cursor: null, added: done, isFinished: true }),
  );
  return rotations;
}
