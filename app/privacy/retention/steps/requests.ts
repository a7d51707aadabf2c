import { destroyKeysOf } from '#app/data/destroy-keys.ts';
import type { Step } from '#app/privacy/retention/batch.ts';
import { endSql } from '#app/privacy/retention/expiry.ts';

/** Requests that were completed long ago, with their history, their run, their receipt and their key. */
export const removeRequests: Step = {
  name: 'requests',
  removeBatch: async ({ tx, shopId, moment, terms, limits }) => {
    const due = await tx.query<{ id: string }>(
      `SELECT id FROM app.privacy_requests WHERE shop_id = $1::uuid AND finished_at IS NOT NULL
         AND ${endSql('finished_at', terms, 'requests')} <= $2::timestamptz ORDER BY id LIMIT $3::int`,
      [shopId, moment, limits.remove],
    );
    const ids = due.map((row) => row.id);
    if (ids.length === 0) return { removed: {}, next: null };
    await destroyKeysOf(tx, shopId, [{ scope: 'request', ids }]);
    for (const table of ['app.erasure_receipts', 'app.erasure_runs']) {
      await tx.query(`DELETE FROM ${table} WHERE shop_id = $1::uuid AND request_id = ANY ($2::uuid[])`, [shopId, ids]);
    }
    const gone = await tx.query(
      'DELETE FROM app.privacy_requests WHERE shop_id = $1::uuid AND id = ANY ($2::uuid[]) RETURNING 1 AS one',
      [shopId, ids],
    );
    // What the database still refuses to give up would be looked at for ever.
    return { removed: { requests: gone.length }, next: gone.length < limits.remove ? null : 'more' };
  },
};
