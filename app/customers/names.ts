import { openForPeople, type GateServices, type OpenValues, type PersonView } from '#app/access/gate.ts';
import { REVEAL_IDLE_MS, type ActiveReveal } from '#app/access/reveal.ts';
import type { Standing } from '#app/access/standing.ts';
import { personPlace } from '#app/customers/people-store.ts';
import type { ShopTx } from '#app/data/with-shop.ts';

/** What is told of who somebody is. Null: not known, or not to be seen. */
export interface PersonName {
  readonly name: string | null;
  readonly email: string | null;
}

/** Names by the person's id. Who is not in it stays "Customer 7F3K". */
export type PersonNames = Readonly<Record<string, PersonName>>;

/** What a page knows of names when it is made. */
export interface ShownNames {
  /** Null: names are hidden. */
  readonly reveal: ActiveReveal | null;
  readonly isMasked: boolean;
  readonly names: PersonNames;
}

const NO_NAMES: ShownNames = { reveal: null, isMasked: false, names: {} };

const NAME_FIELDS = ['firstName', 'lastName', 'email'];

/** Opens names inside a view that opens other things too, so that one record tells of both. */
export async function openNames(
  tx: ShopTx,
  open: OpenValues,
  shopId: string,
  personIds: readonly string[],
): Promise<PersonNames> {
  if (personIds.length === 0) return {};
  const people = await tx.person.findMany({
    where: { shopId, id: { in: [...new Set(personIds)] } },
    select: { id: true, sealed: true },
  });
  const values = people.map(({ id, sealed }) => ({ subjectId: id, sealed, place: personPlace(shopId, id) }));
  const opened = await open('person', values, NAME_FIELDS);
  const names = people.flatMap(({ id }, index) => {
    const { firstName, lastName, email } = opened[index] ?? {};
    const name = [firstName, lastName].filter((part) => typeof part === 'string' && part !== '').join(' ') || null;
    const address = typeof email === 'string' && email !== '' ? email : null;
    return name === null && address === null ? [] : [[id, { name, email: address }] as const];
  });
  return Object.fromEntries(names);
}

/**
 * The names of people on a page, when they are shown to whoever looks: one access record for all of them. When they are
 * hidden, which is most of the time, this costs nothing.
 *
 * @param standing of the staff member as the request found it; the gate looks again.
 */
export async function readNames(
  services: GateServices,
  shopId: string,
  view: PersonView,
  standing: Pick<Standing, 'reveal'>,
  personIds: readonly string[],
): Promise<ShownNames> {
  if (standing.reveal === null) return NO_NAMES;
  return openForPeople(services, shopId, view, async (tx, open, context) => ({
    ...shownTo(context, view, services.clock().getTime()),
    names: await openNames(tx, open, shopId, personIds),
  }));
}

/** Until when names are shown after this view, which is a use of them unless the page asked by itself. */
export function shownTo(
  {
    standing,
    strictness,
  }: { readonly standing: Pick<Standing, 'reveal'>; readonly strictness: { masksNames: boolean } },
  { isPoll = false }: Pick<PersonView, 'isPoll'>,
  nowMs: number,
): Pick<ShownNames, 'reveal' | 'isMasked'> {
  const { reveal } = standing;
  return {
    reveal: reveal === null || isPoll ? reveal : { ...reveal, endsAtMs: nowMs + REVEAL_IDLE_MS },
    isMasked: strictness.masksNames,
  };
}
