import { activeReveal, usualPurpose, type ActiveReveal, type RevealPurpose } from '#app/access/reveal.ts';
import { rightsOf, roleInForce, type Right, type Role } from '#app/access/roles.ts';
import type { ShopTx } from '#app/data/with-shop.ts';

/** What somebody of the shop's staff may do at this moment, as the database says. */
export interface Standing {
  readonly actor: string;
  /** Null for somebody whom the shop has never seen; they may do nothing. */
  readonly memberId: string | null;
  readonly role: Role | null;
  readonly rights: ReadonlySet<Right>;
  readonly reveal: ActiveReveal | null;
  /** The purpose that is offered to them first; says nothing of whether they may see anybody. */
  readonly usualPurpose: RevealPurpose;
}

/**
 * Read in the transaction that acts on it, so that the end of an access holds from its commit on.
 *
 * @param actor who, as in access records ({@link staffActor}).
 */
export async function readStanding(tx: ShopTx, shopId: string, actor: string, nowMs: number): Promise<Standing> {
  const member = await tx.staffMember.findUnique({
    where: { shopId_actor: { shopId, actor } },
    select: {
      id: true,
      role: true,
      isAccountOwner: true,
      endedAt: true,
      reveal: { select: { purpose: true, usedAt: true } },
    },
  });
  const role = member === null ? null : roleInForce(member);
  const rights = rightsOf(role);
  return {
    actor,
    memberId: member?.id ?? null,
    role,
    rights,
    reveal: rights.has('people') ? activeReveal(member?.reveal ?? null, nowMs) : null,
    usualPurpose: usualPurpose(member?.reveal ?? null),
  };
}
