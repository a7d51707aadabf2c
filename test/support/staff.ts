import { staffActor } from '#app/access/actor.ts';
import { meetStaff } from '#app/access/members.ts';
import { startReveal, type RevealPurpose } from '#app/access/reveal.ts';
import type { Role } from '#app/access/roles.ts';
import type { KeyStore } from '#app/data/keys.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { type Database, withShop } from '#app/data/with-shop.ts';

interface Stores {
  readonly db: Database;
  readonly keyStore: KeyStore;
}

/** A staff member who has opened the app and was given a role. @returns their id. */
export function joinStaff({ db, keyStore }: Stores, shopId: string, staffId: string, role: Role): Promise<string> {
  return withShop(db, shopId, async (tx) => {
    const visitor = { staffId, name: `Staff ${staffId}`, verifiedEmail: null, isAccountOwner: false };
    await meetStaff(tx, keyStore, shopId, visitor, new Date());
    const { pseudonymKey } = await keyStore.shopKeys(sqlTxOfPrisma(tx), shopId);
    const { id } = await tx.staffMember.update({
      where: { shopId_actor: { shopId, actor: staffActor(pseudonymKey, staffId) } },
      data: { role },
      select: { id: true },
    });
    return id;
  });
}

/** Shows names to a staff member from this moment on. */
export function showNames(
  { db }: Stores,
  shopId: string,
  memberId: string,
  at: Date,
  purpose: RevealPurpose = 'customer-service',
): Promise<void> {
  return withShop(db, shopId, (tx) => startReveal(tx, shopId, { memberId, purpose, at }));
}
