import { z } from 'zod';

import { checkAccessLog } from '#app/access/log/check.ts';
import { lookForUnusual } from '#app/access/log/look.ts';
import { parseVerdict, type SignOffResult, signOffReview } from '#app/access/log/review.ts';
import type { VerifyDeps } from '#app/access/log/verify.ts';
import type { RateLimits } from '#app/access/rate-limits.ts';
import { withShop } from '#app/data/with-shop.ts';

interface LogFormServices extends VerifyDeps {
  readonly clock: () => Date;
  readonly limits: Pick<RateLimits, 'inTurn'>;
}

const formSchema = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('verify') }),
  z.object({ intent: z.literal('look') }),
  // Verdict and reason behind a colon, as the select has them.
  z.object({ intent: z.literal('sign-off'), id: z.uuid(), finding: z.string() }),
]);

export type LogFormResult =
  | { readonly done: 'verified'; readonly isIntact: boolean }
  | { readonly done: 'looked'; readonly count: number }
  | { readonly done: SignOffResult };

/**
 * What the buttons of the Access log page do: verify the chain, look for what is unusual, sign a review off.
 *
 * @param who the staff member as access records name them, and the request of theirs.
 * @throws Response 400 for a form that is none of ours; 429 when too many verify the same log.
 */
export async function submitAccessLog(
  { db, keyring, clock, limits }: LogFormServices,
  shopId: string,
  who: { readonly actor: string; readonly requestId: string },
  form: FormData,
): Promise<LogFormResult> {
  const parsed = formSchema.safeParse(Object.fromEntries(form));
  if (!parsed.success) throw new Response(null, { status: 400 });
  const fields = parsed.data;
  const at = clock();
  switch (fields.intent) {
    case 'verify': {
      const verify = () => checkAccessLog({ db, keyring }, shopId, at);
      const { isIntact } = await limits.inTurn('log-verification', shopId, verify);
      return { done: 'verified', isIntact };
    }
    case 'look':
      return { done: 'looked', count: await withShop(db, shopId, (tx) => lookForUnusual(tx, shopId, at)) };
    case 'sign-off': {
      const [verdict, reason] = fields.finding.split(':');
      const finding = parseVerdict(verdict, reason);
      if (finding === null) throw new Response(null, { status: 400 });
      const signOff = { id: fields.id, by: who.actor, ...finding, at, requestId: who.requestId };
      return { done: await withShop(db, shopId, (tx) => signOffReview(tx, shopId, signOff)) };
    }
  }
}
