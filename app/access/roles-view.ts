import { countryChoices, type Country } from '#app/access/countries.ts';
import { listMembers } from '#app/access/members.ts';
import type { Role } from '#app/access/roles.ts';
import { readStrictness, type Strictness } from '#app/access/settings.ts';
import type { KeyStore } from '#app/data/keys.ts';
import { withShop, type Database } from '#app/data/with-shop.ts';

/** Who has which role, and how strict the shop is; ready to travel as JSON. */
export interface RolesView {
  readonly members: readonly MemberView[];
  readonly strictness: Strictness;
  readonly countries: readonly Country[];
  readonly readAtMs: number;
}

export interface MemberView {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  /** Null: their access has ended. */
  readonly role: Role | null;
  readonly isAccountOwner: boolean;
  readonly isYou: boolean;
  readonly sinceMs: number;
  /** Name of who gave the role; null when it came with the first visit, or when who gave it is gone. */
  readonly givenBy: string | null;
  readonly lastSeenAtMs: number;
}

interface RolesServices {
  readonly db: Database;
  readonly keyStore: KeyStore;
  readonly clock: () => Date;
}

/** @param actor whoever looks, as in access records. */
export function readRoles({ db, keyStore, clock }: RolesServices, shopId: string, actor: string): Promise<RolesView> {
  return withShop(db, shopId, async (tx) => {
    const members = await listMembers(tx, keyStore, shopId);
    const nameOf = (by: string | null) => members.find((member) => member.actor === by)?.identity.name ?? null;
    return {
      members: members.map((member) => ({
        id: member.id,
        name: member.identity.name,
        email: member.identity.email,
        role: member.role,
        isAccountOwner: member.isAccountOwner,
        isYou: member.actor === actor,
        sinceMs: member.roleSince.getTime(),
        givenBy: nameOf(member.roleBy),
        lastSeenAtMs: member.lastSeenAt.getTime(),
      })),
      strictness: await readStrictness(tx, shopId),
      countries: countryChoices(),
      readAtMs: clock().getTime(),
    };
  });
}
