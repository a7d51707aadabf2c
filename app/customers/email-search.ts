import { openForPeople, type GateServices, type PersonView } from '#app/access/gate.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { emailIndexes } from '#app/vault/blind-index.ts';

/** More people than this with one address are not shown: no real customer has them. */
const FOUND_AT_MOST = 10;

/** Somebody whom a search found: enough to go to their page, and no more. */
export interface FoundPerson {
  readonly id: string;
  readonly code: string;
}

/**
 * Finds customers by the e-mail address that they gave, through its keyed digest: nothing is opened, and the address is
 * neither stored nor logged. Asking whether somebody is a customer is an act of its own, recorded also when nobody is found.
 *
 * People whom the shop hides are not found.
 *
 * @throws AppError `access.denied`
 */
export function searchByEmail(
  services: GateServices,
  shopId: string,
  who: Pick<PersonView, 'staffId' | 'requestId'>,
  email: string,
): Promise<FoundPerson[]> {
  const view = { ...who, act: 'email-search', page: 'customers', purpose: 'customer-service' } as const;
  return openForPeople(services, shopId, view, async (tx, _open, context) => {
    const { emailKeys } = await services.keyStore.shopKeys(sqlTxOfPrisma(tx), shopId);
    const people = await tx.person.findMany({
      where: { shopId, emailIndex: { in: emailIndexes(emailKeys, email).map((index) => Uint8Array.from(index)) } },
      orderBy: [{ firstSeenAt: 'desc' }, { id: 'desc' }],
      take: FOUND_AT_MOST,
      select: { id: true, supportCode: true },
    });
    const hidden = await context.hidden(people.map(({ id }) => id));
    const found = people.filter(({ id }) => !hidden.has(id));
    await context.note(
      'person',
      found.map(({ id }) => id),
      'app.people.email_index',
    );
    return found.map(({ id, supportCode }) => ({ id, code: supportCode }));
  });
}
