import type { LoaderFunctionArgs } from '@remix-run/node';

import { requireRight } from '#app/access/staff.ts';
import { errorCode } from '#app/errors.ts';
import { readPreview } from '#app/privacy/retention/page.ts';

/**
 * What would go under terms that are being typed, for those who may save them. Only counts; but each goes through all that the
 * shop has, and the page asks again with every change.
 */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { shopId } = await requireRight(request, context, 'settings');
  const typed = new URL(request.url).searchParams;
  try {
    const preview = await context.limits.inTurn('retention-preview', shopId, () => readPreview(context, shopId, typed));
    return { preview, failed: false };
  } catch (error) {
    // The form is of use without its picture, so the page stays.
    context.log.warn('retention.preview-failed', { shopId, code: errorCode(error) });
    return { preview: null, failed: true };
  }
}
