import type { KeyStore } from '#app/data/keys.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import type { ShopTx } from '#app/data/with-shop.ts';
import { type Delegate, listDelegates, standingOf, type Standing } from '#app/privacy/agreements/delegates.ts';
import { openRow } from '#app/privacy/agreements/seals.ts';
import type { Signer } from '#app/privacy/agreements/signer.ts';
import { type Agreement, CURRENT_AGREEMENT } from '#app/privacy/agreements/versions.ts';

/** Who accepted what, as the shop's own staff may see it. */
export interface AcceptedAgreement {
  readonly version: string;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  readonly acceptedAt: Date;
  readonly signerRole: string;
  readonly signerName: string | null;
  readonly signerEmail: string | null;
  /** The text that was accepted is the one offered today. */
  readonly isCurrent: boolean;
}

export interface OnboardingState {
  readonly isInstalled: boolean;
  readonly isOnboarded: boolean;
  /** The text offered for acceptance. */
  readonly agreement: Agreement;
  /** The acceptance in force; null before the first one of this installation. */
  readonly acceptance: AcceptedAgreement | null;
  /** The address for privacy matters, once given. It stays when the app is installed again. */
  readonly contactEmail: string | null;
  readonly delegates: readonly Delegate[];
  /** In which role the one who looks may accept. */
  readonly standing: Standing;
}

/**
 * How far the shop has got. What is opened here is the merchant's own (who signed, whom to write to), shown to the
 * merchant's own staff: no shopper's data, so no access record.
 *
 * @param tx bound to the shop.
 */
export async function onboardingState(
  tx: ShopTx,
  keyStore: KeyStore,
  shopId: string,
  viewer: Signer,
): Promise<OnboardingState> {
  const shop = await tx.shop.findUniqueOrThrow({
    where: { id: shopId },
    select: { status: true, epoch: true, onboardedAt: true },
  });
  const contact = await tx.privacyContact.findUnique({ where: { shopId } });
  const accepted = await tx.agreementAcceptance.findFirst({
    where: { shopId, epoch: shop.epoch, endedAt: null },
    orderBy: { acceptedAt: 'desc' },
  });
  const sealed = [contact, accepted].flatMap((row) => (row === null ? [] : [row.sealed]));
  const keys = await keyStore.shopKeysFor(sqlTxOfPrisma(tx), shopId, sealed);
  const { signer } =
    accepted === null ? { signer: null } : openRow(keys, shopId, 'agreement_acceptances', accepted.id, accepted.sealed);
  return {
    isInstalled: shop.status === 'installed',
    isOnboarded: shop.status === 'installed' && shop.onboardedAt !== null,
    agreement: CURRENT_AGREEMENT,
    acceptance:
      accepted === null
        ? null
        : {
            version: accepted.version,
            sha256: Buffer.from(accepted.sha256).toString('hex'),
            acceptedAt: accepted.acceptedAt,
            signerRole: accepted.signerRole,
            signerName: signer?.name ?? null,
            signerEmail: signer?.email ?? null,
            isCurrent: Buffer.from(accepted.sha256).toString('hex') === CURRENT_AGREEMENT.sha256,
          },
    contactEmail: contact === null ? null : openRow(keys, shopId, 'privacy_contacts', shopId, contact.sealed).email,
    delegates: await listDelegates(tx, keyStore, shopId),
    standing: await standingOf(tx, keys, shopId, viewer),
  };
}
