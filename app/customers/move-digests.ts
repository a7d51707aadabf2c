import { personPlace } from '#app/customers/people-store.ts';
import type { Batch } from '#app/data/batch.ts';
import type { KeyStore, SubjectKey } from '#app/data/keys.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { parseRegisterDocument } from '#app/shopify/registers.ts';
import { emailIndexes } from '#app/vault/blind-index.ts';
import { VaultError } from '#app/vault/errors.ts';
import { openJson } from '#app/vault/sealed-json.ts';

export interface MovedDigests extends Batch<string> {
  /** People of whom a digest under an older key stays, because nothing is left from which it could be made again. */
  readonly left: number;
}

interface DigestRow {
  id: string;
  guest_ref: Buffer | null;
  email_index: Buffer | null;
  sealed: Buffer;
}

const START = '00000000-0000-0000-0000-000000000000';

/**
 * Makes the digests of the next people's e-mails again, under the key that writes. Each e-mail is opened, digested and let
 * go. A digest is replaced only when it is that of the same e-mail under an older key; any other stays and is counted.
 *
 * The caller holds the shop's lock and moves all people in one transaction: digests of two rows are compared with each
 * other, and nobody may see one row moved and the other not.
 */
export async function movePeopleDigests(
  tx: SqlTx,
  keyStore: KeyStore,
  shopId: string,
  after: string | null,
  limit: number,
): Promise<MovedDigests> {
  const rows = await tx.query<DigestRow>(
    `SELECT id, guest_ref, email_index, sealed FROM app.people
     WHERE shop_id = $1::uuid AND id > $2::uuid AND (guest_ref IS NOT NULL OR email_index IS NOT NULL)
     ORDER BY id LIMIT $3`,
    [shopId, after ?? START, limit],
  );
  if (rows.length === 0) return { next: null, seen: 0, changed: 0, left: 0 };
  const { emailKeys } = await keyStore.shopKeys(tx, shopId);
  const keys = await keyStore.subjectKeys(
    tx,
    shopId,
    'person',
    rows.map(({ id }) => id),
  );
  const moves = rows.map((row) => moveOf(row, emailOf(shopId, row, keys.get(row.id)), emailKeys));
  const wanted = moves.filter((move) => move.isChanged);
  const changed = await updateDigests(tx, shopId, wanted);
  const last = rows.at(-1);
  return {
    next: last === undefined || rows.length < limit ? null : last.id,
    seen: rows.length,
    changed,
    left: moves.filter((move) => move.isStuck).length + wanted.filter((move) => !move.isStuck).length - changed,
  };
}

/** Null when there is none, or when it does not open any more. */
function emailOf(shopId: string, { id, sealed }: DigestRow, key: SubjectKey | undefined): string | null {
  if (key === undefined) return null;
  try {
    const email = parseRegisterDocument(openJson(key.key, sealed, personPlace(shopId, id))).v['email'];
    return typeof email === 'string' && email !== '' ? email : null;
  } catch (error) {
    if (error instanceof VaultError) return null;
    throw error;
  }
}

interface Move {
  readonly row: DigestRow;
  readonly guestRef: Buffer | null;
  readonly emailIndex: Buffer | null;
  readonly isChanged: boolean;
  readonly isStuck: boolean;
}

function moveOf(row: DigestRow, email: string | null, emailKeys: readonly Buffer[]): Move {
  const [written, ...older] = email === null ? [] : emailIndexes(emailKeys, email);
  const move = (stored: Buffer | null) =>
    stored !== null && written !== undefined && older.some((digest) => digest.equals(stored)) ? written : stored;
  const [guestRef, emailIndex] = [move(row.guest_ref), move(row.email_index)];
  return {
    row,
    guestRef,
    emailIndex,
    isChanged: guestRef !== row.guest_ref || emailIndex !== row.email_index,
    isStuck: [guestRef, emailIndex].some((digest) => digest !== null && written?.equals(digest) !== true),
  };
}

/** Only what is still as it was read, and only where no other guest has the reference already. */
async function updateDigests(tx: SqlTx, shopId: string, moves: readonly Move[]): Promise<number> {
  if (moves.length === 0) return 0;
  const rows = await tx.query(
    `UPDATE app.people p SET guest_ref = new.guest_ref, email_index = new.email_index
     FROM unnest($2::uuid[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[])
       AS new (id, old_guest_ref, old_email_index, guest_ref, email_index)
     WHERE p.shop_id = $1::uuid AND p.id = new.id
       AND p.guest_ref IS NOT DISTINCT FROM new.old_guest_ref AND p.email_index IS NOT DISTINCT FROM new.old_email_index
       AND NOT EXISTS (SELECT FROM app.people other
         WHERE other.shop_id = $1::uuid AND other.guest_ref = new.guest_ref AND other.id <> p.id)
     RETURNING 1`,
    [
      shopId,
      moves.map(({ row }) => row.id),
      moves.map(({ row }) => row.guest_ref),
      moves.map(({ row }) => row.email_index),
      moves.map(({ guestRef }) => guestRef),
      moves.map(({ emailIndex }) => emailIndex),
    ],
  );
  return rows.length;
}
