import type { LoaderFunctionArgs } from '@remix-run/node';

import { requireOnboardedStaff } from '#app/access/staff.ts';

/** The first page: the agreement as long as it is not accepted, then the carts. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const staff = await requireOnboardedStaff(request, context);
  return staff.redirectTo('/app/carts');
}
