import { v7 as uuidv7 } from 'uuid';

import type { ReviewRule } from '#app/access/log/unusual.ts';
import { writeAccessRecord } from '#app/access/record.ts';
import type { ShopTx } from '#app/data/with-shop.ts';

/** After so many days an open review is overdue. */
const REVIEW_DUE_DAYS = 7;

/** What a reviewer can find, and why: words from a list, so that nothing personal is typed into the log. */
const VERDICTS = {
  explained: ['busy-day', 'new-colleague', 'other-hours', 'agreed-support', 'asked-export', 'known-fault'],
  concern: ['talk-to-them', 'access-ended', 'incident-opened'],
} as const;
export type Verdict = keyof typeof VERDICTS;
export type ReviewReason = (typeof VERDICTS)[Verdict][number];

/** A review as the page shows it. */
export interface Review {
  readonly id: string;
  readonly rule: ReviewRule;
  readonly actor: string;
  /** YYYY-MM-DD */
  readonly day: string;
  readonly count: number;
  readonly threshold: number;
  readonly foundAtMs: number;
  readonly dueAtMs: number;
  readonly signedOff: {
    readonly atMs: number;
    readonly by: string;
    readonly verdict: Verdict;
    readonly reason: ReviewReason;
  } | null;
}

const OPEN_LISTED = 50;
const SIGNED_OFF_LISTED = 10;

/** Open reviews, those due first at the top, and behind them the last few that were signed off. */
export async function listReviews(tx: ShopTx, shopId: string): Promise<Review[]> {
  const open = await tx.accessReview.findMany({
    where: { shopId, reviewedAt: null },
    orderBy: [{ dueAt: 'asc' }, { id: 'asc' }],
    take: OPEN_LISTED,
  });
  const signedOff = await tx.accessReview.findMany({
    where: { shopId, reviewedAt: { not: null } },
    orderBy: [{ reviewedAt: 'desc' }, { id: 'asc' }],
    take: SIGNED_OFF_LISTED,
  });
  return [...open, ...signedOff].map((row) => ({
    id: row.id,
    rule: row.rule as ReviewRule,
    actor: row.actor,
    day: row.day.toISOString().slice(0, 10),
    count: row.count,
    threshold: row.threshold,
    foundAtMs: row.foundAt.getTime(),
    dueAtMs: row.dueAt.getTime(),
    signedOff:
      row.reviewedAt === null
        ? null
        : {
            atMs: row.reviewedAt.getTime(),
            by: row.reviewedBy ?? '',
            verdict: row.verdict as Verdict,
            reason: row.reason as ReviewReason,
          },
  }));
}

/** Verdict and reason of a form; null when they do not belong together. */
export function parseVerdict(verdict: unknown, reason: unknown): { verdict: Verdict; reason: ReviewReason } | null {
  for (const [known, reasons] of Object.entries(VERDICTS) as [Verdict, readonly ReviewReason[]][]) {
    const found = reasons.find((word) => word === reason);
    if (known === verdict && found !== undefined) return { verdict: known, reason: found };
  }
  return null;
}

export type SignOffResult = 'signed-off' | 'unknown' | 'already' | 'own';

/**
 * A second person says what they found. Nobody signs off what is about themselves, and what was signed off stays; the
 * database holds to both as well. The sign-off is itself a record of the log.
 *
 * @param by who signs off, as in access records. The caller has made sure that their role may.
 */
export async function signOffReview(
  tx: ShopTx,
  shopId: string,
  {
    id,
    by,
    verdict,
    reason,
    at,
    requestId,
  }: {
    readonly id: string;
    readonly by: string;
    readonly verdict: Verdict;
    readonly reason: ReviewReason;
    readonly at: Date;
    readonly requestId: string;
  },
): Promise<SignOffResult> {
  const review = await tx.accessReview.findUnique({
    where: { shopId_id: { shopId, id } },
    select: { actor: true, reviewedAt: true },
  });
  if (review === null) return 'unknown';
  if (review.actor === by) return 'own';
  // Two at once: the row decides, in the condition of the update.
  const { count } = await tx.accessReview.updateMany({
    where: { shopId, id, reviewedAt: null },
    data: { reviewedAt: at, reviewedBy: by, verdict, reason },
  });
  if (count === 0) return 'already';
  await writeAccessRecord(tx, shopId, {
    at,
    actor: by,
    purpose: 'security',
    page: 'access-log-review',
    fields: [],
    subjects: [],
    valueCount: 0,
    requestId,
    outcome: 'done',
    reason,
  });
  return 'signed-off';
}

/** What a rule, or verification, has found. */
export interface ReviewFinding {
  readonly rule: ReviewRule;
  readonly actor: string;
  readonly day: string;
  readonly count: number;
  readonly threshold: number;
  readonly lastSeq: bigint;
}

/**
 * Makes a review of what was found. Found again, an open one grows; one that was signed off stays, and what came after it
 * is a review of its own. So nothing hides behind an early sign-off.
 *
 * @returns whether a review was made.
 */
export async function raiseReview(tx: ShopTx, shopId: string, finding: ReviewFinding, at: Date): Promise<boolean> {
  const { rule, actor, count, threshold, lastSeq } = finding;
  const day = new Date(`${finding.day}T00:00:00Z`);
  const before = await tx.accessReview.findMany({
    where: { shopId, rule, actor, day },
    select: { id: true, part: true, count: true, upToSeq: true, reviewedAt: true },
    orderBy: { part: 'desc' },
  });
  const [newest] = before;
  if (newest !== undefined && newest.upToSeq >= lastSeq) return false;
  const signedOff = before.filter(({ reviewedAt }) => reviewedAt !== null).reduce((sum, part) => sum + part.count, 0);
  // What was signed off is not counted twice.
  const remaining = Math.max(1, count - signedOff);
  if (newest?.reviewedAt === null) {
    await tx.accessReview.updateMany({
      where: { shopId, id: newest.id, reviewedAt: null },
      data: { count: remaining, upToSeq: lastSeq },
    });
    return false;
  }
  const made = await tx.accessReview.createMany({
    data: [
      {
        shopId,
        id: uuidv7(),
        rule,
        actor,
        day,
        part: (newest?.part ?? 0) + 1,
        count: remaining,
        threshold,
        upToSeq: lastSeq,
        foundAt: at,
        dueAt: new Date(at.getTime() + REVIEW_DUE_DAYS * 86_400_000),
      },
    ],
    skipDuplicates: true,
  });
  return made.count > 0;
}
