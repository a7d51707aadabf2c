import { z } from 'zod';

import { openForPeople, type GateServices, type PersonView } from '#app/access/gate.ts';
import { FIELD_REASONS } from '#app/access/reasons.ts';
import { personPlace } from '#app/customers/people-store.ts';

/** One field of one person that somebody wants whole: to take it along, or because the shop masks it. */
export const personFieldSchema = z
  .object({
    personId: z.uuid(),
    field: z.enum(['name', 'email']),
    act: z.enum(['copy-address', 'show-field']),
    reason: z.enum(FIELD_REASONS).nullable(),
  })
  .refine(({ field, act }) => act !== 'copy-address' || field === 'email');
export type PersonFieldQuery = z.output<typeof personFieldSchema>;

const FIELDS = { name: ['firstName', 'lastName'], email: ['email'] } as const;

/**
 * Opens one field of one person as an act of its own, on record.
 *
 * @returns null when there is nothing to show: unknown, another shop's, erased, hidden by a rule of the shop.
 * @throws AppError `access.denied`
 */
export async function openPersonField(
  services: GateServices,
  shopId: string,
  who: Pick<PersonView, 'staffId' | 'requestId'>,
  { personId, field, act, reason }: PersonFieldQuery,
): Promise<string | null> {
  const view = {
    ...who,
    act,
    page: 'person',
    purpose: 'customer-service',
    ...(reason === null ? {} : { reason }),
  } as const;
  return openForPeople(services, shopId, view, async (tx, open) => {
    const person = await tx.person.findUnique({
      where: { shopId_id: { shopId, id: personId } },
      select: { sealed: true },
    });
    if (person === null) return null;
    const value = { subjectId: personId, sealed: person.sealed, place: personPlace(shopId, personId) };
    const [opened] = await open('person', [value], FIELDS[field]);
    const parts = FIELDS[field].map((name) => opened?.[name]).filter((part) => typeof part === 'string');
    return parts.join(' ') || null;
  });
}
