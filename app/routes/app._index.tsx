import type { LoaderFunctionArgs } from '@remix-run/node';

import { requireOnboardedStaff } from '#app/access/staff.ts';

/** The first page: the agreement as long as it is not accepted, then the carts, or for an auditor the access log. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const staff = await requireOnboardedStaff(request, context);
  return staff.redirectTo(staff.standing.rights.has('carts') ? '/app/carts' : '/app/access-log');
}
