import { v7 as uuidv7 } from 'uuid';

import { domainOf } from '#test/bench/load/plan.ts';
import type { InboxWorld } from '#test/bench/world/oracle.ts';

/** Makes the shops of a load: installed and onboarded, in one currency. @returns our ids of them, by number. */
export async function addShops(query: InboxWorld['query'], count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => uuidv7());
  await query(
    `INSERT INTO app.shops (id, domain, status, epoch, installed_at, onboarded_at, time_zone, currency)
     SELECT id, domain, 'installed', 1, now() - interval '90 days', now() - interval '90 days', 'America/Toronto', 'CAD'
     FROM unnest($1::uuid[], $2::text[]) AS new (id, domain)`,
    [ids, ids.map((_, number) => domainOf(number))],
  );
  return ids;
}
