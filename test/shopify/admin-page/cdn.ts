import { drawShape } from '../world/shapes.ts';
import type { World } from '../world/world.ts';

const FILE = /^\/cdn\/s\/files\/1\/(\d+)\/files\/([a-z0-9-]+)-([0-9a-f]{6})\.svg$/;
const FONT = '/cdn/static/fonts/inter/v4/styles.css';

/** What the CDN would serve: product pictures, and an empty style sheet in the place of Shopify's web font. */
export function getStandInAsset(world: World, path: string): { type: string; body: string } | null {
  if (path === FONT) return { type: 'text/css', body: '' };
  const [, shopId, handle, colour] = FILE.exec(path) ?? [];
  const product = world
    .shops()
    .find((shop) => String(shop.id) === shopId)
    ?.products.find((candidate) => candidate.handle === handle);
  return product ? { type: 'image/svg+xml', body: drawShape(product.shape, `#${colour}`) } : null;
}
