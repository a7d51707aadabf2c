/**
 * What is known of a shopper's choices.
 *
 * - `unknown`: nobody has answered yet, Shopify does not know them, or the answer is too old to rely on.
 * - `may`: Shopify says that they have not opted out.
 * - `opted-out`: of the sale or sharing of their data.
 * - `objected`: to being tied to carts (GDPR Art. 21).
 */
export const CHOICES = ['unknown', 'may', 'opted-out', 'objected'] as const;
export type Choice = (typeof CHOICES)[number];

/**
 * What something about a person could leave the app for, and whether their choice decides about it. What the law gives to
 * the person, or asks for, is not theirs to lose by opting out: a copy for somebody who has objected is still due.
 */
export const LEAVING = {
  'copy-for-the-person': { asks: false, reason: 'GDPR Art. 15 and 20: it goes to the person themselves.' },
  'record-of-access': {
    asks: false,
    reason: 'GDPR Art. 5(2): who looked, in pseudonyms, for the merchant’s own account.',
  },
  'receipt-of-erasure': { asks: false, reason: 'GDPR Art. 5(2): says what is gone and holds nothing of anybody.' },
  marketing: { asks: true },
  automation: { asks: true },
  message: { asks: true },
  pixel: { asks: true },
} as const satisfies Record<string, { readonly asks: true } | { readonly asks: false; readonly reason: string }>;
export type LeavingPurpose = keyof typeof LEAVING;

/** Whether something about a person may leave the app. What waits for a choice leaves when it is known, and allows it. */
export function mayLeave(purpose: LeavingPurpose, choice: Choice): boolean {
  return LEAVING[purpose].asks ? choice === 'may' : true;
}

/** Whether something new may be tied to a person. Before anybody could be asked they have to be known, so `unknown` may. */
export function mayLink(choice: Choice): boolean {
  return choice === 'unknown' || choice === 'may';
}

/** After this long Shopify is asked again. */
export const ASK_AGAIN_AFTER_DAYS = 7;
/** An answer that could not be renewed for this long allows nothing any more. A refusal holds until it is taken back. */
const ANSWER_HOLDS_DAYS = 14;

const DAY_MS = 24 * 3_600_000;

/** What an answer that was stored once says now. */
export function choiceNow(answer: 'may' | 'opted-out' | null, askedAt: Date | null, now: Date): Choice {
  if (answer !== 'may') return answer ?? 'unknown';
  const isFresh = askedAt !== null && now.getTime() - askedAt.getTime() <= ANSWER_HOLDS_DAYS * DAY_MS;
  return isFresh ? 'may' : 'unknown';
}
