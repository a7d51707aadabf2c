import type { Account } from '#app/access/account.ts';
import { staffActor, type WorkActor } from '#app/access/actor.ts';
import { hiddenPeople } from '#app/access/hidden-people.ts';
import { masked } from '#app/access/mask.ts';
import { type OpenedFields, Opener, type SealedValue } from '#app/access/opener.ts';
import { mayAct, permissionFor, type Asking } from '#app/access/permit.ts';
import { writeAccessRecord, type Outcome } from '#app/access/record.ts';
import { touchReveal } from '#app/access/reveal.ts';
import { readStrictness, type Strictness } from '#app/access/settings.ts';
import { readStanding, type Standing } from '#app/access/standing.ts';
import type { KeyStore } from '#app/data/keys.ts';
import type { SubjectScope } from '#app/data/subject-scope.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { withShop, type Database, type ShopTx } from '#app/data/with-shop.ts';
import { AppError } from '#app/errors.ts';
import type { AccessPurpose, Act, Purpose } from '#app/privacy/purposes.ts';
import type { Place } from '#app/vault/place.ts';
import { VaultError } from '#app/vault/errors.ts';

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
  /** What the page itself is for. Names are recorded under the purpose that was chosen for them. */
  readonly purpose: Purpose;
  readonly page: string;
  readonly requestId: string;
  /** Something that is done beside looking: recorded under its own name, always. */
  readonly act?: Act;
  /** Why, where the shop asks for it: one of a list, never free text. */
  readonly reason?: string;
  /** A page that asks by itself does not keep names from being hidden again. */
  readonly isPoll?: boolean;
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

/**
 * Opens values of one kind of subject. The answer has the order of the values; null where the subject's key was
 * destroyed, which is what erased means. A field that may not be seen is absent, like one that is not there.
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
 * {@link OpenValues} for machine work, which can go on without what is damaged: with `leave`, a value that does not open
 * under its key is null as well.
 */
export type OpenForWork = (
  ...asked: [...Parameters<OpenValues>, ifUnopenable?: 'throw' | 'leave']
) => ReturnType<OpenValues>;

/** What a view may know and note beside opening values. */
export interface ViewContext {
  readonly standing: Standing;
  readonly strictness: Strictness;
  /** Which of these people the shop's rule for their country hides; see {@link hiddenPeople}. */
  hidden(personIds: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Puts on the record whom a search has found, or something is about that has a key of its own. There is a record also when it
   * was nobody.
   *
   * @returns how many of them there are.
   */
  readonly note: (scope: SubjectScope, subjectIds: readonly string[], field: string) => Promise<number>;
}

/**
 * The only way by which sealed values reach a person's eyes.
 *
 * What may be opened is decided here, by the role and the purpose that the database has for whoever looks, in the very
 * transaction that opens (permit.ts has the rules). `read` gathers what a page shows and opens what it must through the
 * function it is given. When it has opened anything, exactly one access record is written in the same transaction, and
 * the answer is given out only after that transaction has committed. If the record cannot be written, nothing is returned.
 *
 * @throws AppError `access.denied` for an act that is not the staff member's to do.
 */
export async function openForPeople<T>(
  services: GateServices,
  shopId: string,
  view: PersonView,
  read: (tx: ShopTx, open: OpenValues, context: ViewContext) => Promise<T>,
): Promise<T> {
  try {
    return await openOnRecord(services, shopId, view, read);
  } catch (error) {
    const outcome = failureOf(error);
    // What was tried was rolled back, and its record with it. That somebody tried stays, in a transaction of its own.
    if (outcome !== null) await noteFailure(services, shopId, view, outcome);
    throw error;
  }
}

function openOnRecord<T>(
  { db, keyStore, clock }: GateServices,
  shopId: string,
  view: PersonView,
  read: (tx: ShopTx, open: OpenValues, context: ViewContext) => Promise<T>,
): Promise<T> {
  return withShop(db, shopId, async (tx) => {
    const at = clock();
    const { pseudonymKey } = await keyStore.shopKeys(sqlTxOfPrisma(tx), shopId);
    const standing = await readStanding(tx, shopId, staffActor(pseudonymKey, view.staffId), at.getTime());
    const strictness = await readStrictness(tx, shopId);
    const asking = { standing, strictness, act: view.act ?? null, reason: view.reason ?? null };
    if (asking.act !== null && !mayAct(asking, asking.act)) throw new AppError('access.denied');

    const opener = new Opener(tx, keyStore, shopId);
    const context = contextOf(tx, keyStore, shopId, opener, standing, strictness);
    const result = await read(tx, openerFor(asking, opener, context), context);
    if (standing.memberId !== null && standing.reveal !== null && view.isPoll !== true) {
      await touchReveal(tx, shopId, standing.memberId, at.getTime());
    }
    if (!opener.account.isEmpty || view.act !== undefined) {
      const purpose = purposeOf(view, standing, opener.account);
      const who = { at, actor: standing.actor, purpose };
      await writeAccessRecord(tx, shopId, { ...who, ...pageOf(view), ...opener.account.entry() });
    }
    return result;
  });
}

function pageOf({ page, requestId, reason }: PersonView) {
  return { page, requestId, ...(reason === undefined ? {} : { reason }) };
}

/** Failures that belong into the log of accesses: somebody who may not, or a value that is not what its key sealed. */
function failureOf(error: unknown): Outcome | null {
  if (error instanceof AppError && error.code === 'access.denied') return 'denied';
  return error instanceof VaultError ? 'failed' : null;
}

function noteFailure(
  { db, keyStore, clock }: GateServices,
  shopId: string,
  view: PersonView,
  outcome: Outcome,
): Promise<void> {
  return withShop(db, shopId, async (tx) => {
    const { pseudonymKey } = await keyStore.shopKeys(sqlTxOfPrisma(tx), shopId);
    const who = { at: clock(), actor: staffActor(pseudonymKey, view.staffId), purpose: view.act ?? view.purpose };
    const nothing = { fields: [], subjects: [], valueCount: 0 };
    await writeAccessRecord(tx, shopId, { ...who, ...pageOf(view), ...nothing, outcome });
  });
}

/**
 * The door for machine work: a job or an operator's command that has to open contents, such as putting a copy together.
 * The record is kept as strictly as for {@link openForPeople}; it names the job or the operator.
 *
 * What `read` returns is in the hands of the caller; it must not reach a screen. The door for that is the other one.
 */
export function openForWork<T>(
  { db, keyStore, clock }: GateServices,
  shopId: string,
  work: Work,
  read: (tx: ShopTx, open: OpenForWork, note: ViewContext['note']) => Promise<T>,
): Promise<T> {
  return withShop(db, shopId, async (tx) => {
    const opener = new Opener(tx, keyStore, shopId);
    const everything = (_: SealedValue, fields: readonly string[]) => fields;
    const result = await read(
      tx,
      (scope, values, fields, ifUnopenable) => opener.open(scope, values, fields, everything, ifUnopenable),
      (scope, ids, field) => opener.note(scope, ids, field),
    );
    if (!opener.account.isEmpty) {
      const { actor, purpose, job, requestId } = work;
      await writeAccessRecord(tx, shopId, {
        at: clock(),
        actor,
        purpose,
        page: job,
        requestId,
        ...opener.account.entry(),
      });
    }
    return result;
  });
}

function contextOf(
  tx: ShopTx,
  keyStore: KeyStore,
  shopId: string,
  opener: Opener,
  standing: Standing,
  strictness: Strictness,
): ViewContext {
  const sql = sqlTxOfPrisma(tx);
  return {
    standing,
    strictness,
    hidden: async (ids) =>
      hiddenPeople(tx, await keyStore.shopKeys(sql, shopId), shopId, ids, strictness.hiddenCountries),
    note: (scope, ids, field) => opener.note(scope, ids, field),
  };
}

/** Opening under the rules for people: what may not be seen is not opened, what is masked leaves masked. */
function openerFor(asking: Asking, opener: Opener, context: ViewContext): OpenValues {
  return async (scope, values, fields) => {
    const isPeople = scope === 'person';
    const hidden = isPeople ? await context.hidden(values.map(({ subjectId }) => subjectId)) : new Set<string>();
    const permission = (place: Place, field: string) => permissionFor(asking, scope, place, field);
    const opened = await opener.open(scope, values, fields, ({ subjectId, place }, wanted) =>
      hidden.has(subjectId) ? [] : wanted.filter((field) => permission(place, field) !== 'no'),
    );
    return opened.map((content, index) => {
      const value = values[index];
      if (content === null || value === undefined) return null;
      const { subjectId, place } = value;
      if (isPeople && Object.keys(content).length > 0) opener.account.addPerson(subjectId);
      const shown = Object.entries(content).map(([field, value]) => {
        const isMasked = permission(place, field) === 'masked';
        return [field, isMasked && typeof value === 'string' ? masked(value) : value] as const;
      });
      return Object.fromEntries(shown);
    });
  };
}

function purposeOf({ act, purpose }: PersonView, { reveal }: Standing, account: Account): AccessPurpose {
  if (act !== undefined) return act;
  return account.hasIdentity && reveal !== null ? reveal.purpose : purpose;
}
