import { z } from 'zod';

import type { GateServices } from '#app/access/gate.ts';
import type { JobQueue } from '#app/jobs/queue.ts';
import { optOut, takeBackOptOut } from '#app/privacy/choices/opt-out.ts';
import { TAKE_BACK_REASONS } from '#app/privacy/choices/suppressions.ts';

const formSchema = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('opt-out') }),
  z.object({ intent: z.literal('take-back'), why: z.enum(TAKE_BACK_REASONS) }),
]);

/** `none`: nothing that was set here is in force; `gone`: the shop has no such person. */
export type ChoiceOutcome = 'done' | 'none' | 'gone';

/**
 * What the buttons beside a customer do.
 *
 * @throws Response 400 for a form that is none of ours.
 */
export async function submitChoice(
  services: GateServices & { readonly jobs: JobQueue },
  shopId: string,
  who: { readonly staffId: string; readonly requestId: string },
  personId: string,
  form: FormData,
): Promise<ChoiceOutcome> {
  const parsed = formSchema.safeParse(Object.fromEntries(form));
  if (!parsed.success) throw new Response(null, { status: 400 });
  if (parsed.data.intent === 'opt-out') return (await optOut(services, shopId, who, personId)) ? 'done' : 'gone';
  const outcome = await takeBackOptOut(services, shopId, who, personId, parsed.data.why);
  return outcome === 'taken-back' ? 'done' : outcome;
}
