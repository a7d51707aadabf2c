import type { HeadersFunction } from '@remix-run/node';
import { useSearchParams } from '@remix-run/react';
import { useEffect } from 'react';

import { PlainPage } from '#app/ui/errors/PlainPage.tsx';
import { texts } from '#app/ui/texts/texts.ts';
import { addressInFrame } from '#app/ui/way-back.ts';
import { FRAMED_BY_ADMIN } from '#app/web/headers.ts';

/**
 * The one page that Shopify admin may frame whichever shop it is for: a page that is loaded anew in the frame comes here
 * because nobody knows the shop. It shows nothing but how to open the app.
 */
export const headers: HeadersFunction = () => ({ 'content-security-policy': FRAMED_BY_ADMIN });

/**
 * Where a request is sent that does not say for which shop it is: back to where it wanted to go, when the frame remembers
 * the shop; otherwise whoever reads this is not in the admin. There is no field for a shop's address here: installing
 * starts at Shopify (App Store requirement 2.3.1).
 */
export default function Login() {
  const [query] = useSearchParams();
  const to = query.get('to');
  useEffect(() => {
    const address = addressInFrame(to);
    if (address !== null) window.location.replace(address);
  }, [to]);
  return <PlainPage title={texts.errors.openFromAdminTitle} body={texts.errors.openFromAdminBody} />;
}
