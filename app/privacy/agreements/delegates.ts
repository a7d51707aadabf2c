import { v7 as uuidv7 } from 'uuid';

import type { KeyStore, ShopKeys } from '#app/data/keys.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import type { ShopTx } from '#app/data/with-shop.ts';
import { type NamedBy, openRow, sealRow } from '#app/privacy/agreements/seals.ts';
import { parseEmail, type Signer } from '#app/privacy/agreements/signer.ts';
import { emailIndex } from '#app/vault/blind-index.ts';

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
  const index = Uint8Array.from(emailIndex(keys.emailKey, signer.verifiedEmail));
  const delegate = await tx.agreementDelegate.findUnique({
    where: { shopId_emailIndex: { shopId, emailIndex: index } },
    select: { id: true, sealed: true },
  });
  if (delegate === null) return { role: 'none', reason: 'not-authorised' };
  const { namedBy } = openRow(keys, shopId, 'agreement_delegates', delegate.id, delegate.sealed);
  return { role: 'delegate', namedBy };
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
