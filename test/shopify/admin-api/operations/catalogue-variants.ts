import { getVariant } from '../../world/shops.ts';
import type { Operation } from '../operation.ts';

const MAX_IDS = 250;

export const catalogueVariants: Operation = {
  name: 'CatalogueVariants',
  scopes: ['read_products'],
  resolve: ({ shop, variables }) => {
    const ids = variables['ids'];
    if (!Array.isArray(ids)) throw new Error('Variable $ids of type [ID!]! was provided invalid value');
    if (ids.length > MAX_IDS) throw new Error(`The input array size of ${ids.length} is greater than ${MAX_IDS}`);
    const nodes = ids.map((id) => {
      const variant = getVariant(shop, String(id));
      if (!variant) return null;
      const { product } = variant;
      return {
        __typename: 'ProductVariant',
        id: variant.gid,
        title: variant.title,
        sku: variant.sku,
        image: { url: variant.imageUrl, altText: `${product.title}, ${variant.title}` },
        product: {
          __typename: 'Product',
          id: product.gid,
          title: product.title,
          handle: product.handle,
          vendor: product.vendor,
          featuredMedia: { preview: { image: { url: product.imageUrl, altText: product.title } } },
        },
      };
    });
    return { nodes };
  },
};
