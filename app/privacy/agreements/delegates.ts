import { v7 as uuidv7 } from 'uuid';

import type { KeyStore } from '#app/data/keys.ts';
import type { ShopKeys } from '#app/data/shop-keys.ts';
import { type SqlTx, sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { isUuid } from '#app/data/uuid.ts';
import type { ShopTx } from '#app/data/with-shop.ts';
import { type NamedBy, openRow, sealRow } from '#app/privacy/agreements/seals.ts';
import { parseEmail, type Signer } from '#app/privacy/agreements/signer.ts';
import { emailIndex, emailIndexes } from '#app/vault/blind-index.ts';
import { VaultError } from '#app/vault/errors.ts';

/** A colleague whom the account owner named to accept the agreement. */
export interface Delegate {
  readonly id: string;
  readonly email: string;
  readonly namedAt: Date;
}

export type NameDelegateResult =
  { readonly ok: true; readonly id: string } | { readonly ok: false; readonly reason: 'not-owner' | 'email-invalid' };

/** Names a colleague by e-mail. Only the account owner may; naming the same one twice is naming them once. */
export async function nameDelegate(
  tx: ShopTx,
  keyStore: KeyStore,
  shopId: string,
  { signer, email: typed, at }: { readonly signer: Signer; readonly email: string; readonly at: Date },
): Promise<NameDelegateResult> {
  if (!signer.isAccountOwner) return { ok: false, reason: 'not-owner' };
  const email = parseEmail(typed);
  if (email === null) return { ok: false, reason: 'email-invalid' };

  const keys = await keyStore.shopKeys(sqlTxOfPrisma(tx), shopId);
  const index = Uint8Array.from(emailIndex(keys.emailKey, email));
  const named = await findDelegate(tx, keys, shopId, email);
  if (named !== null) return { ok: true, id: named.id };
  const id = uuidv7();
  const namedBy = { staffId: signer.staffId, name: signer.name };
  const sealed = sealRow(keys, shopId, 'agreement_delegates', id, { email, namedBy });
  // Two clicks at once: the unique index decides, and both are told the same id.
  await tx.agreementDelegate.createMany({
    data: [{ shopId, id, emailIndex: index, namedAt: at, sealed }],
    skipDuplicates: true,
  });
  const delegate = await tx.agreementDelegate.findUniqueOrThrow({
    where: { shopId_emailIndex: { shopId, emailIndex: index } },
    select: { id: true },
  });
  return { ok: true, id: delegate.id };
}

export type RemoveDelegateResult =
  { readonly ok: true } | { readonly ok: false; readonly reason: 'not-owner' | 'not-found' };

/** Takes a delegation back. What the delegate accepted before stays accepted. */
export async function removeDelegate(
  tx: ShopTx,
  shopId: string,
  { signer, id }: { readonly signer: Signer; readonly id: string },
): Promise<RemoveDelegateResult> {
  if (!signer.isAccountOwner) return { ok: false, reason: 'not-owner' };
  if (!isUuid(id)) return { ok: false, reason: 'not-found' };
  const { count } = await tx.agreementDelegate.deleteMany({ where: { shopId, id } });
  return count === 0 ? { ok: false, reason: 'not-found' } : { ok: true };
}

/** The shop's delegates, in the order in which they were named. */
export async function listDelegates(tx: ShopTx, keyStore: KeyStore, shopId: string): Promise<Delegate[]> {
  const rows = await tx.agreementDelegate.findMany({ where: { shopId }, orderBy: [{ namedAt: 'asc' }, { id: 'asc' }] });
  if (rows.length === 0) return [];
  const sealed = rows.map((row) => row.sealed);
  const keys = await keyStore.shopKeysFor(sqlTxOfPrisma(tx), shopId, sealed);
  return rows.map(({ id, namedAt, sealed }) => ({
    id,
    namedAt,
    email: openRow(keys, shopId, 'agreement_delegates', id, sealed).email,
  }));
}

/**
 * In which role somebody may accept the agreement.
 *
 * A delegate is known by the e-mail of their Shopify account, and only when Shopify has verified it: an address that
 * anybody can put into their profile proves nothing.
 */
export type Standing =
  | { readonly role: 'account-owner' }
  | { readonly role: 'delegate'; readonly namedBy: NamedBy }
  | { readonly role: 'none'; readonly reason: 'not-authorised' | 'email-unverified' };

export async function standingOf(tx: ShopTx, keys: ShopKeys, shopId: string, signer: Signer): Promise<Standing> {
  if (signer.isAccountOwner) return { role: 'account-owner' };
  if (signer.verifiedEmail === null) return { role: 'none', reason: 'email-unverified' };
  const delegate = await findDelegate(tx, keys, shopId, signer.verifiedEmail);
  if (delegate === null) return { role: 'none', reason: 'not-authorised' };
  const { namedBy } = openRow(keys, shopId, 'agreement_delegates', delegate.id, delegate.sealed);
  return { role: 'delegate', namedBy };
}

/**
 * Makes the digests of the delegates' e-mails again, under the key that writes.
 *
 * @returns how many were made, and how many are left because their row does not open.
 */
export async function moveDelegateDigests(
  tx: SqlTx,
  keyStore: KeyStore,
  shopId: string,
): Promise<{ readonly changed: number; readonly left: number }> {
  const rows = await tx.query<{ id: string; email_index: Buffer; sealed: Buffer }>(
    'SELECT id, email_index, sealed FROM app.agreement_delegates WHERE shop_id = $1::uuid ORDER BY id',
    [shopId],
  );
  if (rows.length === 0) return { changed: 0, left: 0 };
  const keys = await keyStore.shopKeysFor(
    tx,
    shopId,
    rows.map((row) => row.sealed),
  );
  let [changed, left] = [0, 0];
  for (const { id, email_index: old, sealed } of rows) {
    const digest = digestOf(keys, shopId, id, sealed);
    if (digest?.equals(old) === true) continue;
    const moved =
      digest === null
        ? []
        : await tx.query(
            `UPDATE app.agreement_delegates d SET email_index = $3
             WHERE d.shop_id = $1::uuid AND d.id = $2::uuid AND d.email_index = $4 AND NOT EXISTS (
               SELECT FROM app.agreement_delegates other WHERE other.shop_id = $1::uuid AND other.email_index = $3)
             RETURNING 1`,
            [shopId, id, digest, old],
          );
    if (moved.length === 1) changed += 1;
    else left += 1;
  }
  return { changed, left };
}

function digestOf(keys: ShopKeys, shopId: string, id: string, sealed: Uint8Array): Buffer | null {
  try {
    return emailIndex(keys.emailKey, openRow(keys, shopId, 'agreement_delegates', id, sealed).email);
  } catch (error) {
    if (error instanceof VaultError) return null;
    throw error;
  }
}

/** Under whichever of the shop's e-mail keys. */
function findDelegate(tx: ShopTx, keys: ShopKeys, shopId: string, email: string) {
  return tx.agreementDelegate.findFirst({
    where: { shopId, emailIndex: { in: emailIndexes(keys.emailKeys, email).map((index) => Uint8Array.from(index)) } },
    select: { id: true, sealed: true },
    orderBy: { id: 'asc' },
  });
}
