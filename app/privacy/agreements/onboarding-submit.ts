import { z } from 'zod';

import type { KeyStore } from '#app/data/keys.ts';
import { withShop, type Database } from '#app/data/with-shop.ts';
import { acceptAgreement, type AcceptRefusal } from '#app/privacy/agreements/accept.ts';
import { nameDelegate, removeDelegate } from '#app/privacy/agreements/delegates.ts';
import type { Signer } from '#app/privacy/agreements/signer.ts';

interface Services {
  readonly db: Database;
  readonly keyStore: KeyStore;
  readonly clock: () => Date;
}

const formSchema = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('accept'), contactEmail: z.string(), version: z.string(), sha256: z.string() }),
  z.object({ intent: z.literal('name-delegate'), email: z.string() }),
  z.object({ intent: z.literal('remove-delegate'), id: z.string() }),
]);

export type OnboardingResult =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly reason: AcceptRefusal | 'email-invalid' | 'not-owner' | 'not-found' };

/**
 * What the forms of the first page do: accept, name a colleague, take that back.
 *
 * @throws Response 400 for a form that is none of ours.
 */
export async function submitOnboarding(
  { db, keyStore, clock }: Services,
  shopId: string,
  signer: Signer,
  form: FormData,
): Promise<OnboardingResult> {
  const parsed = formSchema.safeParse(Object.fromEntries(form));
  if (!parsed.success) throw new Response(null, { status: 400 });
  const fields = parsed.data;
  return withShop(db, shopId, async (tx) => {
    switch (fields.intent) {
      case 'accept': {
        const { contactEmail, version, sha256 } = fields;
        const acceptance = { signer, contactEmail, version, sha256, at: clock() };
        const result = await acceptAgreement(tx, keyStore, shopId, acceptance);
        return result.ok ? { kind: 'accepted' } : { kind: 'refused', reason: result.reason };
      }
      case 'name-delegate': {
        const result = await nameDelegate(tx, keyStore, shopId, { signer, email: fields.email, at: clock() });
        return result.ok ? { kind: 'done' } : { kind: 'refused', reason: result.reason };
      }
      case 'remove-delegate': {
        const result = await removeDelegate(tx, shopId, { signer, id: fields.id });
        return result.ok ? { kind: 'done' } : { kind: 'refused', reason: result.reason };
      }
    }
  });
}
