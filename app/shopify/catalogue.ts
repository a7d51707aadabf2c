import { z } from 'zod';

import { type SqlTx, sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { type Database, withShop } from '#app/data/with-shop.ts';
import type { AdminApi, AdminOperation } from '#app/shopify/admin.ts';

/** Titles and pictures older than this are asked for again when the variant is seen in a cart. */
const REFRESH_AFTER_DAYS = 7;
/** What was asked for and has not come is asked for again after this. */
const ASK_AGAIN_AFTER_MINUTES = 10;
/** Variants of one job. */
export const MAX_VARIANTS = 250;
/**
 * Variants of one query: Shopify takes 250 ids, but no query that may cost more than 1,000 points, and each variant asks
 * for six objects.
 */
const VARIANTS_A_QUERY = 150;

/**
 * Which of these variants have to be asked for: unknown, or stored too long ago. They are marked as asked for, so that
 * the next webhook of the same cart does not ask again; the caller adds `catalogue.fetch` jobs with them, at most
 * {@link MAX_VARIANTS} in each, in the same transaction.
 *
 * @param variantIds Shopify's numeric ids as text; anything else is left out.
 */
export async function claimMissingVariants(
  tx: SqlTx,
  shopId: string,
  variantIds: readonly string[],
  now: Date,
): Promise<string[]> {
  const wanted = [...new Set(variantIds)].filter(isVariantId);
  if (wanted.length === 0) return [];
  const rows = await tx.query<{ id: string }>(
    `INSERT INTO app.catalogue_variants AS stored (shop_id, variant_id, fetched_at)
     SELECT $1::uuid, id, $3::timestamptz - make_interval(days => $4::int) + make_interval(mins => $5::int)
     FROM unnest($2::text[]::bigint[]) AS id ORDER BY id
     ON CONFLICT (shop_id, variant_id) DO UPDATE SET fetched_at = excluded.fetched_at
       WHERE stored.fetched_at < $3::timestamptz - make_interval(days => $4::int)
     RETURNING variant_id::text AS id`,
    [shopId, wanted, now, REFRESH_AFTER_DAYS, ASK_AGAIN_AFTER_MINUTES],
  );
  return rows.map((row) => row.id);
}

interface VariantNode {
  readonly id: string;
  readonly title: string;
  readonly image: Image | null;
  readonly product: { readonly title: string; readonly featuredMedia: Media | null };
}
interface Image {
  readonly url: string;
  readonly altText: string | null;
}
interface Media {
  readonly preview: { readonly image: Image | null } | null;
}

const image = z.object({ url: z.url({ protocol: /^https$/ }), altText: z.string().nullable() }).nullable();
const media = z.object({ preview: z.object({ image }).nullable() }).nullable();
const variantNode = z.object({
  id: z.string().regex(/^gid:\/\/shopify\/ProductVariant\/\d+$/),
  title: z.string(),
  image,
  product: z.object({ title: z.string(), featuredMedia: media }),
});

/** Needs read_products. A deleted variant is null. */
const CATALOGUE_VARIANTS: AdminOperation<{ ids: string[] }, { nodes: (VariantNode | null)[] }> = {
  name: 'CatalogueVariants',
  query: `query CatalogueVariants($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on ProductVariant {
      id
      title
      image {
        url(transform: { maxWidth: 160, maxHeight: 160 })
        altText
      }
      product {
        title
        featuredMedia {
          preview {
            image {
              url(transform: { maxWidth: 160, maxHeight: 160 })
              altText
            }
          }
        }
      }
    }
  }
}`,
  data: z.object({ nodes: z.array(variantNode.nullable()) }),
};

/**
 * Asks Shopify for these variants and stores what it says. One that is gone keeps what was stored of it.
 *
 * @throws AppError of {@link AdminApi}; what was answered before is kept.
 */
export async function fetchVariants(
  { db, admin, clock }: { readonly db: Database; readonly admin: AdminApi; readonly clock: () => Date },
  { shopId, variantIds }: { readonly shopId: string; readonly variantIds: readonly string[] },
  signal?: AbortSignal,
): Promise<void> {
  for (let start = 0; start < variantIds.length; start += VARIANTS_A_QUERY) {
    const asked = variantIds.slice(start, start + VARIANTS_A_QUERY);
    const ids = asked.map((id) => `gid://shopify/ProductVariant/${id}`);
    const { nodes } = await admin.run(shopId, CATALOGUE_VARIANTS, { ids }, signal);
    const found = nodes.filter((node) => node !== null);
    await withShop(db, shopId, (tx) => storeVariants(sqlTxOfPrisma(tx), shopId, found, asked, clock()));
  }
}

async function storeVariants(
  tx: SqlTx,
  shopId: string,
  found: readonly VariantNode[],
  asked: readonly string[],
  fetchedAt: Date,
): Promise<void> {
  const rows = found.map((node) => {
    const picture = node.image ?? node.product.featuredMedia?.preview?.image ?? null;
    return {
      variantId: node.id.slice(node.id.lastIndexOf('/') + 1),
      productTitle: node.product.title,
      // What Shopify calls the only variant of a product that has no options.
      variantTitle: node.title === 'Default Title' ? null : node.title,
      imageUrl: picture?.url ?? null,
      imageAlt: picture?.altText ?? null,
    };
  });
  await tx.query(
    `INSERT INTO app.catalogue_variants (shop_id, variant_id, product_title, variant_title, image_url, image_alt, fetched_at)
     SELECT $1::uuid, id, product_title, variant_title, image_url, image_alt, $7::timestamptz
     FROM unnest($2::text[]::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])
       AS new (id, product_title, variant_title, image_url, image_alt) ORDER BY id
     ON CONFLICT (shop_id, variant_id) DO UPDATE SET product_title = excluded.product_title,
       variant_title = excluded.variant_title, image_url = excluded.image_url, image_alt = excluded.image_alt,
       fetched_at = excluded.fetched_at`,
    [
      shopId,
      rows.map((row) => row.variantId),
      rows.map((row) => row.productTitle),
      rows.map((row) => row.variantTitle),
      rows.map((row) => row.imageUrl),
      rows.map((row) => row.imageAlt),
      fetchedAt,
    ],
  );
  // Gone from the shop: asking again before its time would bring nothing either.
  await tx.query(
    `UPDATE app.catalogue_variants SET fetched_at = $3::timestamptz
     WHERE shop_id = $1::uuid AND variant_id = ANY ($2::text[]::bigint[]) AND fetched_at < $3::timestamptz`,
    [shopId, asked, fetchedAt],
  );
}

function isVariantId(id: string): boolean {
  return /^\d{1,19}$/.test(id) && BigInt(id) <= 9_223_372_036_854_775_807n;
}
