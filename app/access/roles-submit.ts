import { z } from 'zod';

import { changeRoles } from '#app/access/members.ts';
import { ROLES, type RoleRefusal } from '#app/access/roles.ts';
import { parseCountries, saveStrictness } from '#app/access/settings.ts';
import { withShop, type Database } from '#app/data/with-shop.ts';

/** What the page of roles sends: changes of roles, how strict the shop is, or both. Or the end of one access, at once. */
export const rolesFormSchema = z.object({
  changes: z.array(z.object({ memberId: z.uuid(), to: z.enum([...ROLES, 'ended']) })).max(1_000),
  strictness: z.object({ masksNames: z.boolean(), hiddenCountries: z.array(z.string()).max(300) }).nullable(),
});
export type RolesForm = z.output<typeof rolesFormSchema>;

export type RolesResult =
  { readonly ok: true } | { readonly ok: false; readonly reason: RoleRefusal | 'not-owner' | 'invalid' };

/** Saves all of it or nothing. @param by whoever asks, as in access records; an owner, or nothing happens. */
export async function submitRoles(
  { db, clock }: { readonly db: Database; readonly clock: () => Date },
  shopId: string,
  by: string,
  { changes, strictness }: RolesForm,
): Promise<RolesResult> {
  const hiddenCountries = parseCountries(strictness?.hiddenCountries ?? []);
  if (hiddenCountries === null) return { ok: false, reason: 'invalid' };
  return withShop(db, shopId, async (tx) => {
    const at = clock();
    const changed = await changeRoles(tx, shopId, { by, changes, at });
    if (!changed.ok || strictness === null) return changed;
    await saveStrictness(tx, shopId, { masksNames: strictness.masksNames, hiddenCountries, actor: by, at });
    return { ok: true };
  });
}
