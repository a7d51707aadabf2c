import { v7 as uuidv7 } from 'uuid';

import { type GateServices, openForWork } from '#app/access/gate.ts';
import { personPlace } from '#app/customers/people-store.ts';
import { waitForShopLock } from '#app/data/shop-lock.ts';
import { type SqlTx, sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { withShop } from '#app/data/with-shop.ts';
import { CUSTOMER_CHOICES, MAX_CUSTOMERS } from '#app/privacy/choices/ask-shopify.ts';
import { ASK_AGAIN_AFTER_DAYS } from '#app/privacy/choices/rules.ts';
import { endSaleOptOuts, findSuppressed, suppress } from '#app/privacy/choices/suppressions.ts';
import { type Mark, markOfEmail, markOfRef } from '#app/privacy/forgotten/marks.ts';
import type { AdminApi } from '#app/shopify/admin.ts';

export interface ReadChoicesDeps extends GateServices {
  readonly admin: AdminApi;
}

/** What one run asks at most; the rest is left to the next one. */
const BATCHES_A_RUN = 20;

/** Somebody whose choice is asked for. */
interface Asked {
  readonly id: string;
  /** Null for a guest, of whom Shopify can say nothing, and for whoever was erased meanwhile. */
  readonly customerId: string | null;
  /** By what a refusal of theirs is known. An address that another customer has as well is not among them. */
  readonly marks: readonly Mark[];
}

/** Whether there is anybody of whom nothing has been asked yet. */
export async function hasPeopleToAskAbout(tx: SqlTx, shopId: string): Promise<boolean> {
  const [row] = await tx.query<{ found: boolean }>(
    'SELECT EXISTS (SELECT FROM app.people WHERE shop_id = $1::uuid AND sale_asked_at IS NULL) AS found',
    [shopId],
  );
  return row?.found === true;
}

/**
 * Asks Shopify whether people have opted out of the sale of their data, and keeps the answers: first of all those who were
 * never asked about, then those whose answer is older than a week. A guest is known to Shopify by no number, so for them
 * counts what is known of their e-mail.
 *
 * @returns `more` when there are people left.
 * @throws AppError of {@link AdminApi}; what was answered before is kept.
 */
export async function readChoices(
  deps: ReadChoicesDeps,
  shopId: string,
  signal?: AbortSignal,
): Promise<'done' | 'more'> {
  for (let batch = 0; batch < BATCHES_A_RUN; batch += 1) {
    const asked = await gatherPeople(deps, shopId);
    if (asked.length === 0) return 'done';
    const ids = asked.flatMap(({ customerId }) => (customerId === null ? [] : [gidOf(customerId)]));
    const answer = ids.length === 0 ? { nodes: [] } : await deps.admin.run(shopId, CUSTOMER_CHOICES, { ids }, signal);
    const optedOut = new Map(answer.nodes.flatMap((node) => (node === null ? [] : [[node.id, node.dataSaleOptOut]])));
    await withShop(deps.db, shopId, async (prisma) => {
      const tx = sqlTxOfPrisma(prisma);
      // People are written by one at a time.
      await waitForShopLock(tx, shopId);
      await keepAnswers(tx, shopId, asked, optedOut, deps.clock());
    });
  }
  return 'more';
}

/** Opens numbers and addresses of those whose turn it is, on record. */
function gatherPeople(deps: ReadChoicesDeps, shopId: string): Promise<Asked[]> {
  const work = {
    actor: 'system:choices.read',
    purpose: 'privacy-requests',
    job: 'choices.read',
    requestId: uuidv7(),
  } as const;
  return openForWork(deps, shopId, work, async (prisma, open) => {
    const tx = sqlTxOfPrisma(prisma);
    const people = await duePeople(tx, shopId, deps.clock());
    if (people.length === 0) return [];
    const keys = await deps.keyStore.shopKeys(tx, shopId);
    const shared = await sharedAddresses(
      tx,
      shopId,
      people.map(({ id }) => id),
    );
    const values = people.map(({ id, sealed }) => ({ subjectId: id, sealed, place: personPlace(shopId, id) }));
    const opened = await open('person', values, ['customerId', 'email']);
    return people.map(({ id, customer_ref: customerRef }, index): Asked => {
      const { customerId, email } = opened[index] ?? {};
      const isNumber = typeof customerId === 'string' && /^\d{1,24}$/.test(customerId);
      return {
        id,
        customerId: customerRef !== null && isNumber ? customerId : null,
        marks: [
          ...(customerRef === null ? [] : [markOfRef(keys, 'customer', customerRef)]),
          ...(typeof email === 'string' && !shared.has(id) ? [markOfEmail(keys, email)] : []),
        ],
      };
    });
  });
}

interface DuePerson {
  readonly id: string;
  readonly customer_ref: Buffer | null;
  readonly sealed: Buffer;
}

async function duePeople(tx: SqlTx, shopId: string, now: Date): Promise<DuePerson[]> {
  const select = (condition: string, params: readonly unknown[]) =>
    tx.query<DuePerson>(
      `SELECT id, customer_ref, sealed FROM app.people WHERE shop_id = $1::uuid AND ${condition}
       ORDER BY sale_asked_at LIMIT $2`,
      [shopId, MAX_CUSTOMERS, ...params],
    );
  const never = await select('sale_asked_at IS NULL', []);
  if (never.length > 0) return never;
  const before = new Date(now.getTime() - ASK_AGAIN_AFTER_DAYS * 24 * 3_600_000);
  return select('sale_asked_at < $3::timestamptz', [before]);
}

/**
 * Those of these people whose address another customer has, too: it is nobody's mark, since one of them must not decide for
 * the other. Rows that are one customer do not share with each other.
 */
export async function sharedAddresses(
  tx: SqlTx,
  shopId: string,
  ids: readonly string[],
  oneCustomer: readonly string[] = [],
): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(
    `SELECT p.id FROM app.people p
     WHERE p.shop_id = $1::uuid AND p.id = ANY ($2::uuid[]) AND p.customer_ref IS NOT NULL AND EXISTS (
       SELECT FROM app.people other
       WHERE other.shop_id = $1::uuid AND other.email_index = p.email_index AND other.customer_ref IS NOT NULL
         AND other.id <> p.id AND NOT other.id = ANY ($3::uuid[]))`,
    [shopId, ids, oneCustomer],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Keeps what was answered: as refusals that hold for what comes, and with the people themselves. */
async function keepAnswers(
  tx: SqlTx,
  shopId: string,
  asked: readonly Asked[],
  optedOut: ReadonlyMap<string, boolean>,
  at: Date,
): Promise<void> {
  const answerOf = ({ customerId }: Asked) => (customerId === null ? undefined : optedOut.get(gidOf(customerId)));
  const marksWhere = (answer: boolean) => asked.filter((one) => answerOf(one) === answer).flatMap(({ marks }) => marks);
  await suppress(tx, shopId, { what: 'sale-opt-out', source: 'shopify', at, isTold: true }, marksWhere(true));
  await endSaleOptOuts(
    tx,
    shopId,
    marksWhere(false).map(({ tag }) => tag),
    at,
  );
  const refused = await findSuppressed(
    tx,
    shopId,
    asked.flatMap(({ marks }) => marks.map(({ tag }) => tag)),
  );
  const answers = asked.map((one) => {
    if (one.marks.some(({ tag }) => refused.has(tag))) return 'opted-out';
    return answerOf(one) === false ? 'may' : null;
  });
  await tx.query(
    `UPDATE app.people p SET sale_answer = new.answer, sale_asked_at = $2::timestamptz
     FROM unnest($3::uuid[], $4::text[]) AS new (id, answer) WHERE p.shop_id = $1::uuid AND p.id = new.id`,
    [shopId, at, asked.map(({ id }) => id), answers],
  );
  // Guests of an address whose customer has opted out do not wait for their turn.
  await tx.query(
    `UPDATE app.people guest SET sale_answer = 'opted-out', sale_asked_at = $2::timestamptz
     FROM app.people customer
     WHERE guest.shop_id = $1::uuid AND customer.shop_id = $1::uuid AND customer.id = ANY ($3::uuid[])
       AND guest.guest_ref = customer.email_index`,
    [
      shopId,
      at,
      asked
        .filter((one) => answerOf(one) === true && one.marks.some(({ kind }) => kind === 'email'))
        .map(({ id }) => id),
    ],
  );
}

function gidOf(customerId: string): string {
  return `gid://shopify/Customer/${customerId}`;
}
