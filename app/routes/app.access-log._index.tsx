import type { ActionFunctionArgs, HeadersFunction, LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { boundary } from '@shopify/shopify-app-remix/server';

import { parseLogAddress } from '#app/access/log/address.ts';
import { checkAccessLog } from '#app/access/log/check.ts';
import { lookForUnusual } from '#app/access/log/look.ts';
import { readAccessLog } from '#app/access/log/page.ts';
import { parseVerdict, signOffReview } from '#app/access/log/review.ts';
import { requireRight } from '#app/access/staff.ts';
import { isUuid } from '#app/data/uuid.ts';
import { withShop } from '#app/data/with-shop.ts';
import { AccessLogPage } from '#app/ui/access-log/AccessLogPage.tsx';

export { RouteErrorBoundary as ErrorBoundary } from '#app/ui/errors/RouteErrorBoundary.tsx';

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { shopId, shop, standing } = await requireRight(request, context, 'access-log');
  const query = parseLogAddress(new URL(request.url).searchParams);
  return readAccessLog(context, shopId, { query, self: standing.actor, timeZone: shop.timeZone });
}

export async function action({ request, context }: ActionFunctionArgs) {
  const { shopId, standing } = await requireRight(request, context, 'access-log');
  const form = await request.formData();
  const { db, keyring, requestId } = context;
  const at = context.clock();
  switch (form.get('intent')) {
    case 'verify': {
      const verify = () => checkAccessLog({ db, keyring }, shopId, at);
      const { isIntact } = await context.limits.inTurn('log-verification', shopId, verify);
      return { done: 'verified' as const, isIntact };
    }
    case 'look': {
      const count = await withShop(db, shopId, (tx) => lookForUnusual(tx, shopId, at));
      return { done: 'looked' as const, count };
    }
    case 'sign-off': {
      const id = form.get('id');
      const [verdict, reason] = textOf(form.get('finding')).split(':');
      const word = parseVerdict(verdict, reason);
      if (typeof id !== 'string' || !isUuid(id) || word === null) {
        throw new Response(null, { status: 400 });
      }
      const signOff = { id, by: standing.actor, ...word, at, requestId };
      return { done: await withShop(db, shopId, (tx) => signOffReview(tx, shopId, signOff)) };
    }
    default:
      throw new Response(null, { status: 400 });
  }
}

function textOf(value: FormDataEntryValue | null): string {
  return typeof value === 'string' ? value : '';
}

export const headers: HeadersFunction = (args) => boundary.headers(args);

export default function AccessLog() {
  return <AccessLogPage log={useLoaderData<typeof loader>()} />;
}
