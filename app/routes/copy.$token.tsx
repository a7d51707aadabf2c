import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useParams } from '@remix-run/react';

import { UNLISTED, UNLISTED_META } from '#app/ui/requests/copy-link.ts';
import { CopyLinkPage } from '#app/ui/requests/CopyLinkPage.tsx';
import { copyLinkTexts } from '#app/ui/texts/copy-link.ts';

/** For whoever has a link: no session, no cookie. The page is the same for every link, as nothing is looked up. */
export const meta: MetaFunction = () => [{ title: copyLinkTexts.title }, UNLISTED_META];
export const headers = () => UNLISTED;

export async function loader({ context }: LoaderFunctionArgs) {
  await context.limits.visitor(context.clientAddress);
  return null;
}

export default function CopyByLink() {
  return <CopyLinkPage token={useParams()['token'] ?? ''} />;
}
