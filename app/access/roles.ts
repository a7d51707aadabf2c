/**
 * What each role of a shop's staff may see and do. This file is the whole of it: pages, routes and the gate ask here.
 */
export const ROLES = ['owner', 'support', 'analyst', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

/** What somebody is who opens the app for the first time: carts without people, until an owner decides otherwise. */
export const FIRST_ROLE: Role = 'analyst';

/**
 * - `carts`: carts, what is in them, where they ship to. No people.
 * - `customers`: the list of customers and their pages; by code, as long as names are hidden.
 * - `people`: names and e-mails, for a purpose.
 * - `copy-address`, `email-search`, `export`: each an act of its own, recorded under its own name.
 * - `export-unreviewed`: the same with a copy that nobody has looked over in time.
 * - `requests`: requests by law are seen; `answer-requests`: and answered.
 * - `access-log`: who looked at what; seen, verified, exported, reviewed.
 * - `settings`: retention, strictness, privacy contact. `roles`: who has which role.
 */
export const RIGHTS = [
  'carts',
  'customers',
  'people',
  'copy-address',
  'email-search',
  'export',
  'export-unreviewed',
  'requests',
  'answer-requests',
  'access-log',
  'settings',
  'roles',
] as const;
export type Right = (typeof RIGHTS)[number];

const RIGHTS_OF: Readonly<Record<Role, ReadonlySet<Right>>> = {
  owner: new Set(RIGHTS),
  support: new Set([
    'carts',
    'customers',
    'people',
    'copy-address',
    'email-search',
    'export',
    'requests',
    'answer-requests',
  ]),
  analyst: new Set(['carts']),
  auditor: new Set(['requests', 'access-log']),
};

const NONE: ReadonlySet<Right> = new Set();

/** @param role null for somebody whose access has ended. */
export function rightsOf(role: Role | null): ReadonlySet<Right> {
  return role === null ? NONE : RIGHTS_OF[role];
}

/** A role by its name; null for anything else. */
export function getRole(text: unknown): Role | null {
  return ROLES.find((role) => role === text) ?? null;
}

/** What decides over somebody's role. */
export interface Membership {
  readonly role: string;
  /** Shopify says so; a shop has exactly one. */
  readonly isAccountOwner: boolean;
  readonly endedAt: Date | null;
}

/** The role in force. Shopify's account owner is owner whatever the row says, so that a shop can always be run. */
export function roleInForce({ role, isAccountOwner, endedAt }: Membership): Role | null {
  if (isAccountOwner) return 'owner';
  return endedAt === null ? getRole(role) : null;
}

/** A change that somebody wants to make to one staff member: another role, or the end of their access. */
export interface RoleChange {
  readonly memberId: string;
  readonly to: Role | 'ended';
}

export type RoleRefusal = 'unknown-member' | 'account-owner' | 'last-owner';

/** Why these changes cannot be made, all of them together; null when they can. */
export function refusalOf(
  members: readonly (Membership & { readonly id: string })[],
  changes: readonly RoleChange[],
): RoleRefusal | null {
  const wanted = new Map(changes.map(({ memberId, to }) => [memberId, to]));
  for (const memberId of wanted.keys()) {
    const member = members.find(({ id }) => id === memberId);
    if (member === undefined) return 'unknown-member';
    if (member.isAccountOwner) return 'account-owner';
  }
  const isOwner = (member: (typeof members)[number]) => (wanted.get(member.id) ?? roleInForce(member)) === 'owner';
  return members.some(isOwner) || !members.some((member) => roleInForce(member) === 'owner') ? null : 'last-owner';
}
