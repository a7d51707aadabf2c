import type { Right, Role } from '#app/access/roles.ts';

/** Why somebody of the shop's own staff may not: enough to say it in words, and whom to ask. */
export interface Denial {
  /** Null: their access has ended. */
  readonly role: Role | null;
  /** What the role does not include; null when there is no role. */
  readonly right: Right | null;
  /** Names of the owners. */
  readonly ask: readonly string[];
}

export function accessDenied(denial: Denial): Response {
  return Response.json({ denial }, { status: 403 });
}

/** The denial that a 403 of ours carries; null for any other. */
export function getDenial(data: unknown): Denial | null {
  const isOurs = typeof data === 'object' && data !== null && 'denial' in data;
  return isOurs ? (data.denial as Denial) : null;
}
