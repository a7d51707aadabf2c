import { slug } from './slug.ts';
import type { Shape } from './shapes.ts';
import { ATELIER_NORD, SECOND_SHOP, type ProductRow } from './products.ts';

/** One thing that can be put into a cart. Prices are integer cents of the shop's currency. */
export interface Variant {
  readonly id: number;
  readonly gid: string;
  readonly title: string;
  readonly sku: string;
  readonly priceCents: number;
  readonly grams: number;
  readonly colour: string;
  readonly imageUrl: string;
  readonly product: Product;
}

export interface Product {
  readonly id: number;
  readonly gid: string;
  readonly handle: string;
  readonly title: string;
  readonly vendor: string;
  readonly shape: Shape;
  readonly imageUrl: string;
  readonly variants: Variant[];
}

/** Images carry Shopify's own CDN address; front.ts leads the browser to the stand-in. */
const imageUrl = (shopId: number, handle: string, colour: string): string =>
  `https://cdn.shopify.com/s/files/1/${shopId}/files/${handle}-${colour.slice(1)}.svg?v=1`;

function createProduct(row: ProductRow, index: number, shop: { id: number; number: number; vendor: string }): Product {
  const id = 8_120_000_000_000 + shop.number * 1_000_000_000 + index * 7_013;
  const handle = slug(row.title);
  const product: Product = {
    id,
    gid: `gid://shopify/Product/${id}`,
    handle,
    title: row.title,
    vendor: shop.vendor,
    shape: row.shape,
    imageUrl: imageUrl(shop.id, handle, row.variants[0]?.colour ?? '#888888'),
    variants: [],
  };
  row.variants.forEach((variant, position) => {
    const variantId = 44_871_000_000_000 + shop.number * 10_000_000_000 + index * 100_003 + position;
    product.variants.push({
      id: variantId,
      gid: `gid://shopify/ProductVariant/${variantId}`,
      title: variant.title,
      sku: `${handle.slice(0, 8)}-${slug(variant.title).slice(0, 5)}`.toUpperCase(),
      priceCents: variant.priceCents,
      grams: row.grams,
      colour: variant.colour,
      imageUrl: imageUrl(shop.id, handle, variant.colour),
      product,
    });
  });
  return product;
}

/** The shop's products, the same at every start. */
export function createCatalogue(shop: { id: number; number: number; vendor: string }): Product[] {
  const rows = shop.number === 1 ? ATELIER_NORD : SECOND_SHOP;
  return rows.map((row, index) => createProduct(row, index, shop));
}
