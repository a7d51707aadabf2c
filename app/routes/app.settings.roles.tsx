import type { ActionFunctionArgs, HeadersFunction, LoaderFunctionArgs } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { boundary } from '@shopify/shopify-app-remix/server';

import { rolesFormSchema, submitRoles, type RolesResult } from '#app/access/roles-submit.ts';
import { readRoles } from '#app/access/roles-view.ts';
import { requireRight } from '#app/access/staff.ts';
import { RolesPage } from '#app/ui/roles/RolesPage.tsx';

export { RouteErrorBoundary as ErrorBoundary } from '#app/ui/errors/RouteErrorBoundary.tsx';

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { shopId, standing } = await requireRight(request, context, 'roles');
  return readRoles(context, shopId, standing.actor);
}

export async function action({ request, context }: ActionFunctionArgs): Promise<RolesResult> {
  const { shopId, standing } = await requireRight(request, context, 'roles');
  const form = rolesFormSchema.safeParse(await request.json().catch(() => null));
  if (!form.success) return { ok: false, reason: 'invalid' };
  return submitRoles(context, shopId, standing.actor, form.data);
}

export const headers: HeadersFunction = (args) => boundary.headers(args);

export default function Roles() {
  return <RolesPage view={useLoaderData<typeof loader>()} />;
}
