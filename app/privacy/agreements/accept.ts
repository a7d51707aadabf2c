import { v7 as uuidv7 } from 'uuid';

import { notify, SHOPS_CHANNEL } from '#app/data/channels.ts';
import type { KeyStore } from '#app/data/keys.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import type { ShopTx } from '#app/data/with-shop.ts';
import { standingOf } from '#app/privacy/agreements/delegates.ts';
import { sealRow } from '#app/privacy/agreements/seals.ts';
import { parseEmail, type Signer } from '#app/privacy/agreements/signer.ts';
import { CURRENT_AGREEMENT } from '#app/privacy/agreements/versions.ts';

export interface Acceptance {
  readonly signer: Signer;
  /** As typed. */
  readonly contactEmail: string;
  /** Version and digest of the text that was on the screen. */
  readonly version: string;
  readonly sha256: string;
  readonly at: Date;
}

/**
 * - `agreement-changed`: another text is current than the one that was shown; it has to be read again.
 * - `contact-invalid`: the contact is no e-mail address.
 * - `not-authorised`: neither the account owner nor somebody they named.
 * - `email-unverified`: may be a delegate, but Shopify has not verified the address of the account.
 * - `not-installed`: the app was uninstalled meanwhile.
 */
export type AcceptRefusal =
  'agreement-changed' | 'contact-invalid' | 'not-authorised' | 'email-unverified' | 'not-installed';

export type AcceptResult =
  { readonly ok: true; readonly isNew: boolean } | { readonly ok: false; readonly reason: AcceptRefusal };

/**
 * Accepts the current agreement for the shop. From the commit on, webhooks of the shop are processed; every program is
 * told at that moment. Accepting twice is accepting once: the first signer and time stand.
 *
 * @param tx bound to the shop.
 */
export async function acceptAgreement(
  tx: ShopTx,
  keyStore: KeyStore,
  shopId: string,
  { signer, contactEmail, version, sha256, at }: Acceptance,
): Promise<AcceptResult> {
  const sql = sqlTxOfPrisma(tx);
  // Locked, so that an uninstallation or a second acceptance at the same moment comes either before or after.
  const [shop] = await sql.query<{ domain: string; epoch: number; installed: boolean }>(
    `SELECT domain, epoch, status = 'installed' AS installed FROM app.shops WHERE id = $1::uuid FOR UPDATE`,
    [shopId],
  );
  if (shop?.installed !== true) return refused('not-installed');
  if (version !== CURRENT_AGREEMENT.version || sha256 !== CURRENT_AGREEMENT.sha256) return refused('agreement-changed');
  const contact = parseEmail(contactEmail);
  if (contact === null) return refused('contact-invalid');

  const keys = await keyStore.shopKeys(sql, shopId);
  const standing = await standingOf(tx, keys, shopId, signer);
  if (standing.role === 'none') return refused(standing.reason);

  const { epoch, domain } = shop;
  const seal = { updatedAt: at, sealed: sealRow(keys, shopId, 'privacy_contacts', shopId, { email: contact }) };
  await tx.privacyContact.upsert({ where: { shopId }, create: { shopId, ...seal }, update: seal });

  const accepted = await tx.agreementAcceptance.findUnique({
    where: { shopId_epoch_version: { shopId, epoch, version } },
    select: { id: true },
  });
  if (accepted !== null) return { ok: true, isNew: false };

  const id = uuidv7();
  const { staffId, name, verifiedEmail: email } = signer;
  const namedBy = standing.role === 'delegate' ? { namedBy: standing.namedBy } : {};
  await tx.agreementAcceptance.updateMany({ where: { shopId, endedAt: null }, data: { endedAt: at } });
  await tx.agreementAcceptance.create({
    data: {
      shopId,
      id,
      epoch,
      version,
      sha256: Uint8Array.from(Buffer.from(sha256, 'hex')),
      acceptedAt: at,
      signerRole: standing.role,
      sealed: sealRow(keys, shopId, 'agreement_acceptances', id, { signer: { staffId, name, email }, ...namedBy }),
    },
    select: { id: true },
  });
  await tx.shop.updateMany({ where: { id: shopId, onboardedAt: null }, data: { onboardedAt: at } });
  await notify(sql, SHOPS_CHANNEL, domain);
  return { ok: true, isNew: true };
}

function refused(reason: AcceptRefusal): AcceptResult {
  return { ok: false, reason };
}
