import type { KeyStore } from '#app/data/keys.ts';
import { withShop, type Database } from '#app/data/with-shop.ts';
import { onboardingState } from '#app/privacy/agreements/onboarding.ts';
import type { Signer } from '#app/privacy/agreements/signer.ts';
import { agreementBlocks, getAgreement } from '#app/privacy/agreements/versions.ts';

/** The agreement in force with its exact text, ready to travel as JSON; null when none is. */
export async function getAcceptedAgreement(
  { db, keyStore }: { readonly db: Database; readonly keyStore: KeyStore },
  shopId: string,
  viewer: Signer,
) {
  const state = await withShop(db, shopId, (tx) => onboardingState(tx, keyStore, shopId, viewer));
  const { acceptance, contactEmail } = state;
  const agreement = acceptance === null ? null : getAgreement(acceptance.version);
  if (acceptance === null || agreement === null) return null;
  const { acceptedAt, signerRole, signerName } = acceptance;
  return {
    ...agreement,
    blocks: agreementBlocks(agreement),
    acceptedAtMs: acceptedAt.getTime(),
    signerRole,
    signerName,
    contactEmail,
  };
}
