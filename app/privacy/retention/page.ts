import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { type Database, withShop } from '#app/data/with-shop.ts';
import type { RetentionTerms } from '#app/privacy/retention.ts';
import { listRuns, type RunSummary } from '#app/privacy/retention/list-runs.ts';
import { previewRetention, type RetentionPreview } from '#app/privacy/retention/preview.ts';
import { listSettings, saveSettings } from '#app/privacy/retention/settings.ts';
import { parseTerms, type TermProblem } from '#app/privacy/retention/terms.ts';
import type { RetentionRuleName } from '#app/privacy/retention.ts';

interface RetentionServices {
  readonly db: Database;
  readonly clock: () => Date;
}

/** What the retention page shows. Counts and times; nobody’s data. */
export interface RetentionView {
  /** The version the form starts from. */
  readonly version: number;
  readonly changedAtMs: number | null;
  readonly terms: RetentionTerms;
  readonly runs: readonly RunSummary[];
  /** Messages about something whose time was up when they came; null when there was none. */
  readonly refused: { readonly count: number; readonly lastAtMs: number } | null;
  readonly nextRunAtMs: number;
  readonly nowMs: number;
}

const RUNS_SHOWN = 30;
/** When the nightly runs begin, UTC; the schedule stands in app/jobs/definitions.ts. */
const NIGHTLY = { hour: 2, minute: 41 } as const;

export function readRetention({ db, clock }: RetentionServices, shopId: string): Promise<RetentionView> {
  return withShop(db, shopId, async (prisma) => {
    const tx = sqlTxOfPrisma(prisma);
    const now = clock();
    const [newest] = await listSettings(tx, shopId, 1);
    const activity = await prisma.shopActivity.findUnique({
      where: { shopId },
      select: { expiredCount: true, expiredAt: true },
    });
    if (newest === undefined) throw new Error('There are always settings');
    return {
      version: newest.version,
      changedAtMs: newest.changedAt?.getTime() ?? null,
      terms: newest.terms,
      runs: await listRuns(tx, shopId, RUNS_SHOWN),
      refused:
        activity?.expiredAt == null
          ? null
          : { count: Number(activity.expiredCount), lastAtMs: activity.expiredAt.getTime() },
      nextRunAtMs: nextRunAt(now).getTime(),
      nowMs: now.getTime(),
    };
  });
}

/** The next night's run. */
function nextRunAt(now: Date): Date {
  const next = new Date(now);
  next.setUTCHours(NIGHTLY.hour, NIGHTLY.minute, 0, 0);
  if (next <= now) next.setUTCDate(next.getUTCDate() + 1);
  return next;
}

/** The picture for terms that are being thought about; null when what was typed are none. */
export function readPreview(
  { db, clock }: RetentionServices,
  shopId: string,
  typed: URLSearchParams,
): Promise<RetentionPreview | null> {
  const parsed = parseTerms((name) => typed.get(name));
  if (!parsed.ok) return Promise.resolve(null);
  return withShop(db, shopId, (tx) => previewRetention(sqlTxOfPrisma(tx), shopId, parsed.terms, clock()));
}

export type SaveResult =
  | { readonly kind: 'saved'; readonly version: number }
  | { readonly kind: 'stale' }
  | { readonly kind: 'refused'; readonly problems: Readonly<Partial<Record<RetentionRuleName, TermProblem>>> };

/** @param actor as access records name people. */
export async function submitRetention(
  { db, clock }: RetentionServices,
  shopId: string,
  form: FormData,
  actor: string,
): Promise<SaveResult> {
  const textOf = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string' ? value : null;
  };
  const parsed = parseTerms(textOf);
  if (!parsed.ok) return { kind: 'refused', problems: parsed.problems };
  const from = Number(textOf('version') ?? Number.NaN);
  if (!Number.isSafeInteger(from) || from < 0) return { kind: 'stale' };
  const change = { from, terms: parsed.terms, actor, at: clock() };
  const outcome = await withShop(db, shopId, (tx) => saveSettings(sqlTxOfPrisma(tx), shopId, change));
  return outcome === 'saved' ? { kind: 'saved', version: from + 1 } : { kind: 'stale' };
}
