import { listMembers } from '#app/access/members.ts';
import type { KeyStore } from '#app/data/keys.ts';
import type { ShopTx } from '#app/data/with-shop.ts';

/** Somebody who stands in the log. */
export interface LogActor {
  readonly actor: string;
  readonly kind: 'staff' | 'operator' | 'system' | 'link';
  /** The staff member's name, the operator's login, the job, the link's id; null for staff whose name is not known any more. */
  readonly name: string | null;
  /** "3F2A": what a staff member without a name is called by. */
  readonly code: string;
}

const CODE_LENGTH = 4;

/** Names of these actors. For those whose role may read the log: names of colleagues are theirs to see. */
export async function nameActors(
  tx: ShopTx,
  keyStore: KeyStore,
  shopId: string,
  actors: readonly string[],
): Promise<LogActor[]> {
  const members = await listMembers(tx, keyStore, shopId);
  const names = new Map(members.map(({ actor, identity }) => [actor, identity.name]));
  return actors.map((actor) => actorOf(actor, names.get(actor) ?? null));
}

function actorOf(actor: string, staffName: string | null): LogActor {
  const [kind = '', rest = ''] = actor.split(/:(.*)/s);
  const code = rest.slice(0, CODE_LENGTH).toUpperCase();
  if (kind === 'operator' || kind === 'system' || kind === 'link') return { actor, kind, name: rest, code };
  return { actor, kind: 'staff', name: staffName, code };
}
