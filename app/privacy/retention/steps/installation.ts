import type { Step } from '#app/privacy/retention/batch.ts';

/** The catalogue of a shop that is no longer installed: it was there for carts that no longer come. */
export const removeCatalogue: Step = {
  name: 'catalogue',
  removeBatch: async ({ tx, shopId, limits }) => {
    const gone = await tx.query(
      `DELETE FROM app.catalogue_variants WHERE shop_id = $1::uuid AND variant_id IN (
         SELECT v.variant_id FROM app.catalogue_variants v JOIN app.shops s ON s.id = v.shop_id
         WHERE v.shop_id = $1::uuid AND s.status <> 'installed' ORDER BY v.variant_id LIMIT $2::int) RETURNING 1 AS one`,
      [shopId, limits.remove],
    );
    return { removed: { catalogue: gone.length }, next: gone.length < limits.remove ? null : 'more' };
  },
};

/** Agreements that ended long ago; with the last of them the address for privacy matters and the named colleagues. */
export const removeAgreements: Step = {
  name: 'agreements',
  removeBatch: async ({ tx, shopId, moment }) => {
    const gone = await tx.query(
      `DELETE FROM app.agreement_acceptances
       WHERE shop_id = $1::uuid AND ended_at + interval '36 months' <= $2::timestamptz RETURNING 1 AS one`,
      [shopId, moment],
    );
    for (const table of ['app.privacy_contacts', 'app.agreement_delegates']) {
      await tx.query(
        `DELETE FROM ${table} WHERE shop_id = $1::uuid
           AND NOT EXISTS (SELECT FROM app.agreement_acceptances a WHERE a.shop_id = $1::uuid)
           AND EXISTS (SELECT FROM app.shops s WHERE s.id = $1::uuid AND s.status <> 'installed')`,
        [shopId],
      );
    }
    return { removed: { agreements: gone.length }, next: null };
  },
};

/** Runs of long ago. */
export const removeRuns: Step = {
  name: 'runs',
  removeBatch: async ({ tx, shopId, moment, limits }) => {
    const gone = await tx.query(
      `DELETE FROM app.retention_runs WHERE shop_id = $1::uuid AND id IN (
         SELECT id FROM app.retention_runs
         WHERE shop_id = $1::uuid AND started_at + interval '36 months' <= $2::timestamptz
         ORDER BY started_at LIMIT $3::int) RETURNING 1 AS one`,
      [shopId, moment, limits.remove],
    );
    return { removed: { runs: gone.length }, next: gone.length < limits.remove ? null : 'more' };
  },
};
