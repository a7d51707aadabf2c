import { PlainPage } from '#app/ui/errors/PlainPage.tsx';
import { texts } from '#app/ui/texts/texts.ts';

/**
 * Where Shopify's library sends somebody who is not in the admin. There is no field for a shop's address here:
 * installing starts at Shopify (App Store requirement 2.3.1).
 */
export default function Login() {
  return <PlainPage title={texts.errors.openFromAdminTitle} body={texts.errors.openFromAdminBody} />;
}
