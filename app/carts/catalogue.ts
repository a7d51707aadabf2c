import type { Line } from '#app/carts/line.ts';
import type { ShopTx } from '#app/data/with-shop.ts';

/** A picture of what the shop sells. */
export interface CataloguePicture {
  readonly url: string;
  readonly alt: string | null;
}

/** Pictures by variant id, as far as the catalogue knows them. Nothing of it is about a person. */
export async function catalogueOf(
  tx: ShopTx,
  shopId: string,
  lines: readonly Pick<Line, 'variantId'>[],
): Promise<Map<string, CataloguePicture>> {
  const ids = lines.flatMap(({ variantId }) =>
    variantId !== null && /^\d{1,18}$/.test(variantId) ? [BigInt(variantId)] : [],
  );
  if (ids.length === 0) return new Map();
  const variants = await tx.catalogueVariant.findMany({
    where: { shopId, variantId: { in: ids }, imageUrl: { not: null } },
    select: { variantId: true, imageUrl: true, imageAlt: true },
  });
  return new Map(
    variants.flatMap(({ variantId, imageUrl, imageAlt }) =>
      imageUrl === null ? [] : [[variantId.toString(), { url: imageUrl, alt: imageAlt }] as const],
    ),
  );
}
