import type { KeyStore } from '#app/data/keys.ts';
import { withShop, type Database } from '#app/data/with-shop.ts';
import { onboardingState } from '#app/privacy/agreements/onboarding.ts';
import type { Signer } from '#app/privacy/agreements/signer.ts';
import { agreementBlocks } from '#app/privacy/agreements/versions.ts';
import { shopperDisclosures } from '#app/privacy/disclosure.ts';

interface Services {
  readonly db: Database;
  readonly keyStore: KeyStore;
  readonly clock: () => Date;
}

/** Everything the first page shows, ready to travel as JSON. Names of delegates are for the account owner only. */
export async function readOnboarding({ db, keyStore, clock }: Services, shopId: string, viewer: Signer) {
  const state = await withShop(db, shopId, (tx) => onboardingState(tx, keyStore, shopId, viewer));
  const { agreement, standing, contactEmail, delegates } = state;
  return {
    agreement,
    blocks: agreementBlocks(agreement),
    disclosures: shopperDisclosures(),
    standing: standing.role === 'none' ? standing.reason : ('may-accept' as const),
    isOwner: viewer.isAccountOwner,
    contactEmail: standing.role === 'none' ? '' : (contactEmail ?? viewer.verifiedEmail ?? ''),
    delegates: viewer.isAccountOwner
      ? delegates.map(({ id, email, namedAt }) => ({ id, email, namedAtMs: namedAt.getTime() }))
      : [],
    nowMs: clock().getTime(),
  };
}
