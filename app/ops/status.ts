import type { SqlTx } from '#app/data/sql-tx.ts';
import { withShopSql } from '#app/data/with-shop.ts';
import { type OpsCommand, type OpsContext, UsageError } from '#app/ops/command.ts';
import { onOperatorRecord } from '#app/ops/on-record.ts';
import { listRequests } from '#app/privacy/requests/read.ts';

/** The worker takes a webhook within a second or two, and a job when it is due: after so long it is not there, or not well. */
const LATE_AFTER_MS = 5 * 60_000;
const AT_MOST_REQUESTS = 1_000;

interface ShopStatus {
  readonly shopId: string;
  /** Webhooks that are not applied yet, and since when the oldest lies there. */
  readonly waiting: number;
  readonly waitingSince: Date | null;
  readonly deadLetters: number;
  readonly openRequests: number;
  readonly overdueRequests: number;
}

interface JobStatus {
  readonly job: string;
  /** Due, and not begun. */
  readonly waiting: number;
  readonly waitingSince: Date | null;
  /** Given up within the last day. */
  readonly failed: number;
}

/** `status`: what needs a person, in every shop and in the job queue. */
export const statusCommand: OpsCommand = {
  name: 'status',
  usage: '',
  about:
    'What waits and since when, dead letters, requests by law that are overdue, jobs that were given up. Counts only. Exits with 1 when something needs a person.',
  run: async (context, words) => {
    if (words.length > 0) throw new UsageError('status takes no words');
    const { shops, jobs, count } = await onOperatorRecord(context, { command: 'status' }, async () => {
      const ids = await allShops(context);
      const found: ShopStatus[] = [];
      for (const shopId of ids) {
        found.push(await withShopSql(context.pool('ci_app'), shopId, (tx) => shopStatus(tx, shopId, context.now())));
      }
      return { shops: found.filter(saysSomething), jobs: await jobStatus(context), count: ids.length };
    });
    const isLate = (since: Date | null) => since !== null && context.now().getTime() - since.getTime() > LATE_AFTER_MS;
    const isWell =
      !shops.some((shop) => isLate(shop.waitingSince) || shop.deadLetters > 0 || shop.overdueRequests > 0) &&
      !jobs.some((job) => isLate(job.waitingSince) || job.failed > 0);
    return {
      data: { isWell, shopCount: count, shops, jobs },
      lines: [
        ...shops.map(shopLine),
        ...jobs.map(jobLine),
        `${String(count)} shops: ${isWell ? 'nothing needs anybody.' : 'something needs somebody.'}`,
      ],
      exitCode: isWell ? 0 : 1,
    };
  },
};

async function allShops(context: OpsContext): Promise<string[]> {
  const { rows } = await context
    .pool('ci_dispatch')
    .query<{ shop_id: string }>('SELECT shop_id FROM inbox.installations() ORDER BY shop_id');
  return rows.map((row) => row.shop_id);
}

async function shopStatus(tx: SqlTx, shopId: string, now: Date): Promise<ShopStatus> {
  const [waiting] = await tx.query<{ count: number; since: Date | null }>(
    'SELECT count(*)::int AS count, min(received_at) AS since FROM inbox.events WHERE shop_id = $1::uuid AND pending',
    [shopId],
  );
  const [dead] = await tx.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM inbox.events
     WHERE shop_id = $1::uuid AND failure_code IS NOT NULL AND NOT pending AND sealed IS NOT NULL`,
    [shopId],
  );
  const open = await listRequests(tx, shopId, { onlyOpen: true, atMost: AT_MOST_REQUESTS });
  return {
    shopId,
    waiting: waiting?.count ?? 0,
    waitingSince: waiting?.since ?? null,
    deadLetters: dead?.count ?? 0,
    openRequests: open.length,
    overdueRequests: open.filter(({ dueAt }) => dueAt < now).length,
  };
}

function saysSomething({ waiting, deadLetters, openRequests }: ShopStatus): boolean {
  return waiting + deadLetters + openRequests > 0;
}

async function jobStatus(context: OpsContext): Promise<JobStatus[]> {
  const { rows } = await context.pool('ci_jobs').query<JobStatus>(
    `SELECT name AS job, count(*) FILTER (WHERE state < 'active')::int AS waiting,
       min(start_after) FILTER (WHERE state < 'active') AS "waitingSince",
       count(*) FILTER (WHERE state = 'failed')::int AS failed
     FROM pgboss.job
     WHERE (state < 'active' AND start_after <= now()) OR (state = 'failed' AND completed_on > now() - interval '1 day')
     GROUP BY name ORDER BY name`,
  );
  return rows;
}

const since = (time: Date | null) => (time === null ? '' : ` since ${time.toISOString()}`);

function shopLine({ shopId, waiting, waitingSince, deadLetters, openRequests, overdueRequests }: ShopStatus): string {
  return `${shopId}  ${String(waiting)} webhooks wait${since(waitingSince)}  ${String(deadLetters)} dead letters  ${String(openRequests)} requests open, ${String(overdueRequests)} overdue`;
}

function jobLine({ job, waiting, waitingSince, failed }: JobStatus): string {
  return `${job}  ${String(waiting)} wait${since(waitingSince)}  ${String(failed)} given up since yesterday`;
}
