import type { OpenForWork } from '#app/access/gate.ts';
import type { SealedValue } from '#app/access/opener.ts';
import type { ShopTx } from '#app/data/with-shop.ts';
import { parseSubject, requestPlace, type RequestSubject } from '#app/privacy/requests/subject.ts';
import { normaliseEmail } from '#app/vault/blind-index.ts';

const SUBJECT_FIELDS = ['customerIds', 'emails', 'orderIds', 'personIds', 'cartIds', 'customerId', 'email'];

/** A shop's requests, and whom each is about as far as that is still known. */
export interface OpenedRequests {
  readonly requests: readonly { readonly id: string; readonly state: string }[];
  readonly subjects: ReadonlyMap<string, RequestSubject>;
}

/**
 * Opens whom the shop's requests are about. Of those whose key is gone, or whose seal is damaged, nothing is known any more.
 *
 * @throws VaultError when the request the work is for does not open: whom to erase is not to be guessed.
 */
export async function openRequests(
  tx: ShopTx,
  shopId: string,
  open: OpenForWork,
  requestId: string,
): Promise<OpenedRequests> {
  const requests = await tx.privacyRequest.findMany({
    where: { shopId, sealed: { not: null } },
    select: { id: true, state: true, sealed: true },
  });
  const values = requests.flatMap(({ id, sealed }): SealedValue[] =>
    sealed === null ? [] : [{ subjectId: id, sealed, place: requestPlace(shopId, id) }],
  );
  const own = values.filter(({ subjectId }) => subjectId === requestId);
  const others = values.filter(({ subjectId }) => subjectId !== requestId);
  const opened = [
    ...(await open('request', own, SUBJECT_FIELDS)),
    ...(await open('request', others, SUBJECT_FIELDS, 'leave')),
  ];
  const subjects = [...own, ...others].flatMap(({ subjectId }, index) => {
    const fields = opened[index];
    return fields === null || fields === undefined ? [] : [[subjectId, parseSubject(fields)] as const];
  });
  return { requests, subjects: new Map(subjects) };
}

/** Whether a request is about somebody of these identifiers: any one of them is enough. */
export function isAbout(
  subject: RequestSubject | undefined,
  { customerIds, emails, orderIds }: Pick<RequestSubject, 'customerIds' | 'emails' | 'orderIds'>,
  personIds: readonly string[],
): boolean {
  if (subject === undefined) return false;
  // Staff began it from the person's page.
  if (subject.personIds.some((id) => personIds.includes(id))) return true;
  const addresses = new Set(emails.map(normaliseEmail));
  return (
    subject.customerIds.some((id) => customerIds.includes(id)) ||
    (subject.customerIds.length === 0 &&
      (subject.emails.some((email) => addresses.has(normaliseEmail(email))) ||
        (subject.emails.length === 0 && subject.orderIds.some((id) => orderIds.includes(id)))))
  );
}
