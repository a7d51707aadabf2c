import { v7 as uuidv7 } from 'uuid';

import { staffActor } from '#app/access/actor.ts';
import { FIRST_ROLE, refusalOf, roleInForce, type Role, type RoleChange, type RoleRefusal } from '#app/access/roles.ts';
import { openStaff, sealStaff, type StaffIdentity } from '#app/access/staff-seal.ts';
import type { KeyStore } from '#app/data/keys.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import type { ShopTx } from '#app/data/with-shop.ts';

/** A staff member's row is brought up to date this often at most, so that a page is not a write. */
const REFRESH_AFTER_MS = 60 * 60_000;

/** Who opens the app, as Shopify's session says. */
export interface Visitor {
  readonly staffId: string;
  readonly name: string | null;
  readonly verifiedEmail: string | null;
  readonly isAccountOwner: boolean;
}

/** Somebody of the staff, for the page that gives roles. */
export interface Member {
  readonly id: string;
  readonly actor: string;
  readonly identity: StaffIdentity;
  /** Null: their access has ended. */
  readonly role: Role | null;
  readonly isAccountOwner: boolean;
  readonly roleSince: Date;
  /** Who gave it, as in access records; null when nobody did: it came with the first visit. */
  readonly roleBy: string | null;
  readonly lastSeenAt: Date;
  readonly endedAt: Date | null;
}

/**
 * Notes that a staff member is here: makes their row at the first visit, with the role that sees no people, and keeps name
 * and account ownership as Shopify tells them now. Of two account owners the one who is here is the right one.
 *
 * @returns how they are named in access records.
 */
export async function meetStaff(
  tx: ShopTx,
  keyStore: KeyStore,
  shopId: string,
  visitor: Visitor,
  at: Date,
): Promise<string> {
  const keys = await keyStore.shopKeys(sqlTxOfPrisma(tx), shopId);
  const actor = staffActor(keys.pseudonymKey, visitor.staffId);
  const { staffId, name, verifiedEmail, isAccountOwner } = visitor;
  const where = { shopId_actor: { shopId, actor } };
  const known = await tx.staffMember.findUnique({
    where,
    select: { id: true, lastSeenAt: true, isAccountOwner: true },
  });
  const isFresh = known !== null && at.getTime() - known.lastSeenAt.getTime() < REFRESH_AFTER_MS;
  if (isFresh && known.isAccountOwner === isAccountOwner) return actor;

  const id = known?.id ?? uuidv7();
  const sealed = sealStaff(keys, shopId, id, { staffId, name, email: verifiedEmail });
  if (isAccountOwner) {
    await tx.staffMember.updateMany({
      where: { shopId, isAccountOwner: true, actor: { not: actor } },
      data: { isAccountOwner: false },
    });
  }
  if (known !== null) {
    await tx.staffMember.update({ where, data: { isAccountOwner, lastSeenAt: at, sealed }, select: { id: true } });
    return actor;
  }
  // Two first requests at once: the unique index decides whose row it is.
  await tx.staffMember.createMany({
    data: [
      { shopId, id, actor, role: FIRST_ROLE, roleSince: at, isAccountOwner, firstSeenAt: at, lastSeenAt: at, sealed },
    ],
    skipDuplicates: true,
  });
  return actor;
}

/** Everybody of the staff who has opened the app, in the order of their first visit. */
export async function listMembers(tx: ShopTx, keyStore: KeyStore, shopId: string): Promise<Member[]> {
  const rows = await tx.staffMember.findMany({ where: { shopId }, orderBy: [{ firstSeenAt: 'asc' }, { id: 'asc' }] });
  if (rows.length === 0) return [];
  const keys = await keyStore.shopKeys(sqlTxOfPrisma(tx), shopId);
  return rows.map((row) => ({
    id: row.id,
    actor: row.actor,
    identity: openStaff(keys, shopId, row.id, row.sealed),
    role: roleInForce(row),
    isAccountOwner: row.isAccountOwner,
    roleSince: row.roleSince,
    roleBy: row.roleBy,
    lastSeenAt: row.lastSeenAt,
    endedAt: row.isAccountOwner ? null : row.endedAt,
  }));
}

/** Names of those who may give roles, for whoever has to ask one of them. */
export async function ownerNames(tx: ShopTx, keyStore: KeyStore, shopId: string): Promise<string[]> {
  const members = await listMembers(tx, keyStore, shopId);
  return members.flatMap(({ role, identity }) => (role === 'owner' && identity.name !== null ? [identity.name] : []));
}

export type ChangeRolesResult =
  { readonly ok: true } | { readonly ok: false; readonly reason: RoleRefusal | 'not-owner' };

/**
 * Changes roles, all of them or none. An ended access ends what is shown to that person at once: with the commit no gate
 * opens for them.
 *
 * @param by who asks, as in access records; must be an owner at this moment.
 */
export async function changeRoles(
  tx: ShopTx,
  shopId: string,
  { by, changes, at }: { readonly by: string; readonly changes: readonly RoleChange[]; readonly at: Date },
): Promise<ChangeRolesResult> {
  // Two owners who take the role from each other at the same time come one after the other.
  await sqlTxOfPrisma(tx).query('SELECT id FROM app.staff_members WHERE shop_id = $1::uuid ORDER BY id FOR UPDATE', [
    shopId,
  ]);
  const members = await tx.staffMember.findMany({
    where: { shopId },
    select: { id: true, actor: true, role: true, isAccountOwner: true, endedAt: true },
  });
  const asking = members.find(({ actor }) => actor === by);
  if (asking === undefined || roleInForce(asking) !== 'owner') return { ok: false, reason: 'not-owner' };
  const refusal = refusalOf(members, changes);
  if (refusal !== null) return { ok: false, reason: refusal };

  for (const { memberId, to } of changes) {
    const member = members.find(({ id }) => id === memberId);
    if (member === undefined || (roleInForce(member) ?? 'ended') === to) continue;
    await tx.staffMember.update({
      where: { shopId_id: { shopId, id: memberId } },
      data:
        to === 'ended'
          ? { endedAt: at, role: FIRST_ROLE, roleSince: at, roleBy: by }
          : { endedAt: null, role: to, roleSince: at, roleBy: by },
      select: { id: true },
    });
    // What the old role showed is not carried into the new one.
    await tx.reveal.deleteMany({ where: { shopId, memberId } });
  }
  return { ok: true };
}
