import type { RequestView } from '#app/privacy/desk/read.ts';
import { requests } from '#app/ui/texts/requests.ts';

const { plan } = requests;

/** The steps a request of this kind takes, and how many of them are done. */
export function planOf(
  { kind, state, copy }: Pick<RequestView, 'kind' | 'state' | 'copy'>,
  { isErased, hasReceipt }: { readonly isErased: boolean; readonly hasReceipt: boolean },
): { readonly steps: readonly string[]; readonly doneCount: number } {
  if (kind === 'access' || kind === 'portability') {
    const fetched = copy?.endReason === 'fetched';
    const made = copy !== null && copy.endReason !== 'expired';
    const doneCount = state === 'done' ? 5 : fetched ? 4 : state === 'ready' ? 3 : made ? 2 : 1;
    return { steps: plan.copy, doneCount };
  }
  if (kind === 'erasure' || kind === 'shop-erasure') {
    const doneCount = hasReceipt || state === 'done' ? 4 : isErased ? 2 : 1;
    return { steps: plan.erasure, doneCount };
  }
  const steps = kind === 'correction' ? plan.correction : plan.other;
  return { steps, doneCount: state === 'done' ? steps.length : 1 };
}
