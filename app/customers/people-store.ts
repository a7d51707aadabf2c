import { personRef, type PersonRef } from '#app/customers/person-ref.ts';
import type { ApplyContext } from '#app/ingest/apply/context.ts';
import { parseRegisterDocument, type RegisterDocument } from '#app/shopify/registers.ts';
import { VaultError } from '#app/vault/errors.ts';
import { openJson, sealJson } from '#app/vault/sealed-json.ts';

/** A person while a batch is applied: opened, changed in memory, written once. */
export interface PersonRow {
  readonly id: string;
  readonly ref: PersonRef;
  readonly supportCode: string;
  emailIndex: Buffer | null;
  firstSeenAt: Date;
  document: RegisterDocument | null;
  isNew: boolean;
  isChanged: boolean;
}

interface StoredPerson {
  id: string;
  customer_ref: Buffer | null;
  guest_ref: Buffer | null;
  email_index: Buffer | null;
  support_code: string;
  first_seen_at: Date;
  sealed: Buffer;
}

/** The people behind these references, by reference key; and the keys of those who were erased, who do not come back. */
export async function loadPeople(
  context: ApplyContext,
  refs: readonly PersonRef[],
): Promise<{ people: Map<string, PersonRow>; gone: ReadonlySet<string> }> {
  const people = new Map<string, PersonRow>();
  const gone = new Set<string>();
  if (refs.length === 0) return { people, gone };
  const { tx, shopId, keyStore } = context;
  const rows = await tx.query<StoredPerson>(
    `SELECT id, customer_ref, guest_ref, email_index, support_code, first_seen_at, sealed FROM app.people
     WHERE shop_id = $1 AND (customer_ref = ANY ($2::bytea[]) OR guest_ref = ANY ($3::bytea[]))`,
    [shopId, bytesOf(refs, 'customer'), bytesOf(refs, 'guest')],
  );
  const keys = await keyStore.subjectKeys(
    tx,
    shopId,
    'person',
    rows.map((row) => row.id),
  );
  const asked = askedFor(refs);
  for (const row of rows) {
    const key = keys.get(row.id);
    const stored =
      row.customer_ref === null
        ? personRef('guest', row.guest_ref ?? Buffer.alloc(0))
        : personRef('customer', row.customer_ref);
    const ref = asked.get(stored.key) ?? stored;
    // Should there be two rows for one, the one with the reference itself is who is meant.
    if (ref !== stored && people.has(ref.key)) continue;
    if (key === undefined) {
      gone.add(ref.key);
      continue;
    }
    people.set(ref.key, {
      id: row.id,
      ref,
      supportCode: row.support_code,
      emailIndex: row.email_index,
      firstSeenAt: row.first_seen_at,
      document: parseRegisterDocument(openJson(key.key, row.sealed, personPlace(shopId, row.id))),
      isNew: false,
      isChanged: false,
    });
  }
  return { people, gone };
}

/** Seals and writes those who are new or changed. */
export async function savePeople(context: ApplyContext, people: readonly PersonRow[]): Promise<void> {
  const changed = people.filter((person) => person.isChanged);
  if (changed.length === 0) return;
  const { tx, shopId, keyStore } = context;
  const idsOf = (isNew: boolean) => changed.filter((person) => person.isNew === isNew).map((person) => person.id);
  const keys = await keyStore.ensureSubjectKeys(tx, shopId, 'person', idsOf(false), idsOf(true));
  const writable = changed.flatMap((person) => {
    const key = keys.get(person.id);
    return key === undefined
      ? []
      : [{ person, sealed: sealJson(key.key, person.document, personPlace(shopId, person.id)) }];
  });
  await tx.query(
    `INSERT INTO app.people (shop_id, id, customer_ref, guest_ref, email_index, support_code, first_seen_at, sealed)
     SELECT $1, * FROM unnest($2::uuid[], $3::bytea[], $4::bytea[], $5::bytea[], $6::text[], $7::timestamptz[], $8::bytea[])
     ON CONFLICT (shop_id, id) DO UPDATE SET
       email_index = excluded.email_index, first_seen_at = excluded.first_seen_at, sealed = excluded.sealed`,
    [
      shopId,
      writable.map(({ person }) => person.id),
      writable.map(({ person }) => (person.ref.kind === 'customer' ? person.ref.bytes : null)),
      writable.map(({ person }) => (person.ref.kind === 'guest' ? person.ref.bytes : null)),
      writable.map(({ person }) => person.emailIndex),
      writable.map(({ person }) => person.supportCode),
      writable.map(({ person }) => person.firstSeenAt),
      writable.map(({ sealed }) => sealed),
    ],
  );
}

/**
 * The addresses by which these people would be known again when they are erased: not those that a customer who is none of
 * them has as well, nor what does not open.
 */
export async function emailsOf(
  { tx, shopId, keyStore }: Pick<ApplyContext, 'tx' | 'shopId' | 'keyStore'>,
  ids: readonly string[],
): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await tx.query<{ id: string; sealed: Buffer }>(
    `SELECT p.id, p.sealed FROM app.people p
     WHERE p.shop_id = $1::uuid AND p.id = ANY ($2::uuid[]) AND (p.guest_ref IS NOT NULL OR NOT EXISTS (
       SELECT FROM app.people other
       WHERE other.shop_id = $1::uuid AND other.email_index = p.email_index AND other.customer_ref IS NOT NULL
         AND other.id <> ALL ($2::uuid[])))`,
    [shopId, ids],
  );
  const keys = await keyStore.subjectKeys(tx, shopId, 'person', ids);
  return rows.flatMap(({ id, sealed }) => {
    const key = keys.get(id);
    if (key === undefined) return [];
    try {
      const email = parseRegisterDocument(openJson(key.key, sealed, personPlace(shopId, id))).v['email'];
      return typeof email === 'string' && email.trim() !== '' ? [email] : [];
    } catch (error) {
      if (error instanceof VaultError) return [];
      throw error;
    }
  });
}

/** Where a person's sealed document lies; part of what the seal is bound to. */
export function personPlace(shopId: string, id: string) {
  return { shop: shopId, table: 'people', column: 'sealed', row: id };
}

function bytesOf(refs: readonly PersonRef[], kind: PersonRef['kind']): Buffer[] {
  return refs.filter((ref) => ref.kind === kind).flatMap((ref) => [ref.bytes, ...(ref.also ?? [])]);
}

/** The references by what a row may have in their place. */
function askedFor(refs: readonly PersonRef[]): ReadonlyMap<string, PersonRef> {
  return new Map(refs.flatMap((ref) => (ref.also ?? []).map((bytes) => [personRef(ref.kind, bytes).key, ref])));
}
