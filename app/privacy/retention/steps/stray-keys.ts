import { destroyKeysOf } from '#app/data/destroy-keys.ts';
import { subjectsWithKeys } from '#app/data/subjects-with-keys.ts';
import type { SubjectScope } from '#app/data/subject-scope.ts';
import { FIRST_ID, type Step } from '#app/privacy/retention/batch.ts';

/** Where the subject of a key has its row. A copy made for a request has a key of the same kind. */
const TABLES = {
  cart: ['app.carts'],
  checkout: ['app.checkouts'],
  order: ['app.orders'],
  person: ['app.people'],
  request: ['app.privacy_requests', 'app.access_packages'],
} as const satisfies Record<SubjectScope, readonly string[]>;
type Scope = keyof typeof TABLES;
const SCOPES = Object.keys(TABLES) as Scope[];

/** Keys whose subject has no row: there should be none, so this is the check that it is so, and the remedy. */
export const removeStrayKeys: Step = {
  name: 'strayKeys',
  removeBatch: async ({ tx, shopId, limits }, cursor) => {
    const [scopeText = 'cart', after = FIRST_ID] = (cursor ?? 'cart').split(' ');
    const scope = SCOPES.find((known) => known === scopeText) ?? 'cart';
    const ids = await subjectsWithKeys(tx, shopId, scope, after, limits.look);
    const strays = await tx.query<{ id: string }>(
      `SELECT id FROM unnest($2::uuid[]) AS key (id) WHERE ${TABLES[scope]
        .map((table) => `NOT EXISTS (SELECT FROM ${table} t WHERE t.shop_id = $1::uuid AND t.id = key.id)`)
        .join(' AND ')}`,
      [shopId, ids],
    );
    const strayKeys = await destroyKeysOf(tx, shopId, [{ scope, ids: strays.map((row) => row.id) }]);
    if (ids.length === limits.look) return { removed: { strayKeys }, next: `${scope} ${ids.at(-1) ?? FIRST_ID}` };
    return { removed: { strayKeys }, next: SCOPES[SCOPES.indexOf(scope) + 1] ?? null };
  },
};
