import type { LoaderFunctionArgs } from '@remix-run/node';

import { requireOnboardedStaff } from '#app/access/staff.ts';
import { errorCode } from '#app/errors.ts';
import { readPreview } from '#app/privacy/retention/page.ts';

/** What would go under terms that are being typed. Only counts; the page asks again with every change. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { shopId } = await requireOnboardedStaff(request, context);
  try {
    return { preview: await readPreview(context, shopId, new URL(request.url).searchParams), failed: false };
  } catch (error) {
    // The form is of use without its picture, so the page stays.
    context.log.warn('retention.preview-failed', { shopId, code: errorCode(error) });
    return { preview: null, failed: true };
  }
}
