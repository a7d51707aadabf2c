import type { LoaderFunctionArgs } from '@remix-run/node';

import { parseLogAddress } from '#app/access/log/address.ts';
import { exportAccessLog } from '#app/access/log/page.ts';
import { requireRight } from '#app/access/staff.ts';

/** The access log as a file, filtered as the address says. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { shopId, shop, standing } = await requireRight(request, context, 'access-log');
  const query = parseLogAddress(new URL(request.url).searchParams);
  const csv = await exportAccessLog(context, shopId, { query, self: standing.actor, timeZone: shop.timeZone });
  return new Response(csv, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="access-log.csv"',
      'cache-control': 'no-store',
    },
  });
}
