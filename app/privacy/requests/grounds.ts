import type { Regime, RequestKind } from '#app/privacy/requests/kinds.ts';

/** A named legal ground, where the law says so, and what it is good for. */
interface Ground {
  readonly law: string;
  readonly regimes: readonly Regime[];
  readonly kinds: readonly RequestKind[];
}

const PERSONAL = ['access', 'erasure', 'correction', 'objection', 'portability'] as const;
const EVERY_REGIME = ['shopify', 'gdpr', 'ccpa'] as const;

/**
 * On what ground a request may be held. Shopify allows no other reason than a law that requires the data to be kept
 * (Shopify developer documentation, "Privacy law compliance").
 */
export const PAUSE_GROUNDS = {
  identity: { law: 'GDPR Art. 12(6)', regimes: ['gdpr', 'ccpa'], kinds: PERSONAL },
  'legal-obligation': {
    law: 'GDPR Art. 17(3)(b), Cal. Civ. Code § 1798.105(d)(8)',
    regimes: EVERY_REGIME,
    kinds: ['erasure', 'objection'],
  },
  'legal-claims': { law: 'GDPR Art. 17(3)(e)', regimes: EVERY_REGIME, kinds: ['erasure', 'objection'] },
  restriction: { law: 'GDPR Art. 18(1)', regimes: ['gdpr'], kinds: ['erasure'] },
} as const satisfies Record<string, Ground>;
export type PauseGround = keyof typeof PAUSE_GROUNDS;

/** Why a request may take longer. Shopify’s thirty days are not extended. */
export const EXTENSION_GROUNDS = {
  complexity: { law: 'GDPR Art. 12(3), Cal. Civ. Code § 1798.130(a)(2)', regimes: ['gdpr', 'ccpa'], kinds: PERSONAL },
  'many-requests': {
    law: 'GDPR Art. 12(3), Cal. Civ. Code § 1798.130(a)(2)',
    regimes: ['gdpr', 'ccpa'],
    kinds: PERSONAL,
  },
} as const satisfies Record<string, Ground>;
export type ExtensionGround = keyof typeof EXTENSION_GROUNDS;

/** Why a request may be refused: by name, to the person’s face, and never one of Shopify’s. */
export const REFUSAL_GROUNDS = {
  'not-identified': { law: 'GDPR Art. 11(2), Art. 12(2)', regimes: ['gdpr', 'ccpa'], kinds: PERSONAL },
  unfounded: { law: 'GDPR Art. 12(5)', regimes: ['gdpr', 'ccpa'], kinds: PERSONAL },
  excessive: { law: 'GDPR Art. 12(5)', regimes: ['gdpr', 'ccpa'], kinds: PERSONAL },
  withdrawn: { law: 'The person took it back', regimes: ['gdpr', 'ccpa'], kinds: PERSONAL },
} as const satisfies Record<string, Ground>;
export type RefusalGround = keyof typeof REFUSAL_GROUNDS;

/** Whether a ground of one of the lists above may be named for a request. */
export function holdsFor(ground: Ground, request: { readonly regime: Regime; readonly kind: RequestKind }): boolean {
  return ground.regimes.includes(request.regime) && ground.kinds.includes(request.kind);
}
