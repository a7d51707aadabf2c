import { createHmac } from 'node:crypto';

const ACTOR_BYTES = 16;

/**
 * How a staff member is named in access records: a digest under the shop's own key.
 *
 * The same person always has the same name within a shop and another one in every other shop; whoever reads the
 * records without the key learns nobody's identity, and destroying the key makes all of them anonymous.
 *
 * @param pseudonymKey the shop's key of that name.
 * @param staffId Shopify's id of the staff member: `sub` of the session token.
 */
export function staffActor(pseudonymKey: Buffer, staffId: string): string {
  const digest = createHmac('sha256', pseudonymKey).update('staff\0').update(staffId).digest();
  return `staff:${digest.subarray(0, ACTOR_BYTES).toString('hex')}`;
}

/**
 * How work without a member of staff is named in access records: the program's own job, the operator who runs a command,
 * or a link by which a person fetched the copy of their own data.
 */
export type WorkActor = `system:${string}` | `operator:${string}` | `link:${string}`;
