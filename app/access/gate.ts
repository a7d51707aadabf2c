import { staffActor, type WorkActor } from '#app/access/actor.ts';
import { writeAccessRecord, type AccessRecordEntry } from '#app/access/record.ts';
import type { KeyStore, SubjectKey, SubjectScope } from '#app/data/keys.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { withShop, type Database, type ShopTx } from '#app/data/with-shop.ts';
import type { Purpose } from '#app/privacy/purposes.ts';
import type { Place } from '#app/vault/envelope.ts';
import { openJson } from '#app/vault/sealed-json.ts';

/** What the gate works with. */
export interface GateServices {
  readonly db: Database;
  readonly keyStore: KeyStore;
  readonly clock: () => Date;
}

/** One view of one page by one person: what the access record will say besides what was opened. */
export interface PersonView {
  /** Shopify's id of the staff member who looks. */
  readonly staffId: string;
  readonly purpose: Purpose;
  readonly page: string;
  readonly requestId: string;
}

/** One piece of machine work that needs contents: who runs it, under which name it stands in the log, and for what. */
export interface Work {
  readonly actor: WorkActor;
  readonly purpose: Purpose;
  /** The job's or command's name, such as `privacy.copy`; stands in the log where a view has its page. */
  readonly job: string;
  /** The job's or command's own id, which its log lines carry too. */
  readonly requestId: string;
}

/** A sealed value and whose it is. */
export interface SealedValue {
  readonly subjectId: string;
  readonly sealed: Uint8Array;
  readonly place: Place;
}

/** The fields that were asked for, as far as the content has them. Everything else stays behind the gate. */
export type OpenedFields = Readonly<Record<string, unknown>>;

/**
 * Opens values of one kind of subject. The answer has the order of the values; null where the subject's key was
 * destroyed, which is what erased means.
 *
 * @param fields the fields of the content that the page shows, and no more.
 * @throws VaultError when a value does not open under its key.
 */
export type OpenValues = (
  scope: SubjectScope,
  values: readonly SealedValue[],
  fields: readonly string[],
) => Promise<(OpenedFields | null)[]>;

/**
 * The only way by which sealed values reach a person's eyes.
 *
 * `read` gathers what a page shows and opens what it must through the function it is given. When it has opened anything,
 * exactly one access record is written in the same transaction, and the answer is given out only after that transaction
 * has committed. If the record cannot be written, nothing is returned.
 */
export function openForPeople<T>(
  services: GateServices,
  shopId: string,
  view: PersonView,
  read: (tx: ShopTx, open: OpenValues) => Promise<T>,
): Promise<T> {
  return openOnRecord(services, shopId, read, async (tx) => {
    const { pseudonymKey } = await services.keyStore.shopKeys(sqlTxOfPrisma(tx), shopId);
    const { staffId, purpose, page, requestId } = view;
    return { actor: staffActor(pseudonymKey, staffId), purpose, page, requestId };
  });
}

/**
 * The door for machine work: a job or an operator's command that has to open contents, such as putting a copy together.
 * The same rules as {@link openForPeople}; the record names the job or the operator.
 *
 * What `read` returns is in the hands of the caller; it must not reach a screen. The door for that is the other one.
 */
export function openForWork<T>(
  services: GateServices,
  shopId: string,
  work: Work,
  read: (tx: ShopTx, open: OpenValues) => Promise<T>,
): Promise<T> {
  const { actor, purpose, job, requestId } = work;
  return openOnRecord(services, shopId, read, async () => ({ actor, purpose, page: job, requestId }));
}

type Who = Pick<AccessRecordEntry, 'actor' | 'purpose' | 'page' | 'requestId'>;

function openOnRecord<T>(
  { db, keyStore, clock }: GateServices,
  shopId: string,
  read: (tx: ShopTx, open: OpenValues) => Promise<T>,
  whoIn: (tx: ShopTx) => Promise<Who>,
): Promise<T> {
  return withShop(db, shopId, async (tx) => {
    const account = new Account();
    const result = await read(tx, async (scope, values, fields) => {
      const ids = [...new Set(values.map((value) => value.subjectId))];
      const keys = await keyStore.subjectKeys(sqlTxOfPrisma(tx), shopId, scope, ids);
      return values.map((value) => openOne(keys.get(value.subjectId), value, fields, account));
    });
    if (account.valueCount > 0) {
      await writeAccessRecord(tx, shopId, { at: clock(), ...(await whoIn(tx)), ...account.entry() });
    }
    return result;
  });
}

/** What was opened in one view. */
class Account {
  valueCount = 0;
  readonly #fields = new Set<string>();
  readonly #subjects = new Map<string, Buffer>();

  add(pseudonym: Buffer, place: Place, fields: readonly string[]): void {
    this.valueCount += fields.length;
    for (const field of fields) this.#fields.add(`app.${place.table}.${place.column}.${field}`);
    this.#subjects.set(pseudonym.toString('hex'), pseudonym);
  }

  entry() {
    return {
      fields: [...this.#fields].sort(),
      subjects: [...this.#subjects.values()],
      valueCount: this.valueCount,
    };
  }
}

function openOne(
  subject: SubjectKey | undefined,
  { sealed, place }: SealedValue,
  wanted: readonly string[],
  account: Account,
): OpenedFields | null {
  if (subject === undefined) return null;
  const content = fieldsOf(openJson(subject.key, sealed, place));
  const present = wanted.filter((field) => content[field] !== undefined && content[field] !== null);
  if (present.length > 0) account.add(subject.pseudonym, place, present);
  return Object.fromEntries(present.map((field) => [field, content[field]]));
}

/** Contents are either plain fields or a register document, which has its fields under `v`. */
function fieldsOf(content: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(content)) throw new TypeError('A sealed value has an unknown shape');
  return isRecord(content['v']) && typeof content['s'] === 'string' ? content['v'] : content;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
