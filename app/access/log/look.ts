import { raiseReview } from '#app/access/log/review.ts';
import { findUnusual, HISTORY_DAYS, type HourOfAccess } from '#app/access/log/unusual.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import type { ShopTx } from '#app/data/with-shop.ts';

/**
 * Looks at the access log of today and yesterday, as the shop counts days, and makes a review of whatever is unusual.
 * Doing it again makes none twice.
 *
 * @returns how many reviews were made.
 */
export async function lookForUnusual(tx: ShopTx, shopId: string, at: Date): Promise<number> {
  const shop = await tx.shop.findUnique({ where: { id: shopId }, select: { timeZone: true } });
  const timeZone = shop?.timeZone ?? 'UTC';
  const [days] = await sqlTxOfPrisma(tx).query<{ today: string; yesterday: string }>(
    `SELECT to_char($1::timestamptz AT TIME ZONE $2, 'YYYY-MM-DD') AS today,
       to_char(($1::timestamptz AT TIME ZONE $2)::date - 1, 'YYYY-MM-DD') AS yesterday`,
    [at, timeZone],
  );
  if (days === undefined) return 0;
  let made = 0;
  for (const day of [days.yesterday, days.today]) {
    const hours = await readHours(tx, shopId, timeZone, day);
    for (const finding of findUnusual(hours, day)) {
      if (await raiseReview(tx, shopId, finding, at)) made += 1;
    }
  }
  return made;
}

async function readHours(tx: ShopTx, shopId: string, timeZone: string, day: string): Promise<HourOfAccess[]> {
  return sqlTxOfPrisma(tx).query<HourOfAccess>(
    `SELECT actor, to_char(local, 'YYYY-MM-DD') AS day, extract(hour FROM local)::int AS hour,
       count(*) FILTER (WHERE outcome = 'opened' OR outcome = 'started')::int AS views,
       coalesce(sum(cardinality(subjects)), 0)::int AS opened,
       count(*) FILTER (WHERE outcome = 'failed')::int AS failed,
       count(*) FILTER (WHERE outcome = 'denied')::int AS denied,
       count(*) FILTER (WHERE purpose = 'export' AND outcome = 'opened')::int AS exports,
       max(seq) AS "lastSeq"
     FROM (
       SELECT *, at AT TIME ZONE $2 AS local FROM app.access_records
       WHERE shop_id = $1::uuid AND at >= ($3::date - $4::int)::timestamp AT TIME ZONE $2
         AND at < ($3::date + 1)::timestamp AT TIME ZONE $2
     ) r GROUP BY actor, to_char(local, 'YYYY-MM-DD'), extract(hour FROM local)::int`,
    [shopId, timeZone, day, HISTORY_DAYS],
  );
}
