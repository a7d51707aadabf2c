import { ownerNames } from '#app/access/members.ts';
import type { RevealPurpose } from '#app/access/reveal.ts';
import type { Right, Role } from '#app/access/roles.ts';
import type { Staff } from '#app/access/staff.ts';
import type { KeyStore } from '#app/data/keys.ts';
import { withShop, type Database } from '#app/data/with-shop.ts';

/** What every page may know of whoever looks; travels as JSON. */
export interface StaffAccess {
  readonly role: Role;
  readonly rights: readonly Right[];
  /** Names of the owners, for somebody who may have to ask one; empty for an owner. */
  readonly ask: readonly string[];
  /** What names were last shown to them for. */
  readonly usualPurpose: RevealPurpose;
}

export async function accessOf(
  { db, keyStore }: { readonly db: Database; readonly keyStore: KeyStore },
  { shopId, standing: { role, rights, usualPurpose } }: Staff,
): Promise<StaffAccess> {
  // requireStaff lets nobody in without a role.
  if (role === null) throw new Response(null, { status: 403 });
  const ask = rights.has('roles') ? [] : await withShop(db, shopId, (tx) => ownerNames(tx, keyStore, shopId));
  return { role, rights: [...rights], ask, usualPurpose };
}
