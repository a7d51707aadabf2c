import { from, type Source } from '#app/privacy/registry/entry.ts';
import { DATA_REQUEST, MERGE, REDACT, SHOP, SHOP_REDACT, UNINSTALLED } from '#app/privacy/registry/topic-groups.ts';

/** Fields that are read to decide something and then stored in no column. */
export const READ_AND_DROPPED: readonly { readonly sources: readonly Source[]; readonly why: string }[] = [
  {
    sources: [
      ...from([...DATA_REQUEST, ...REDACT, ...SHOP_REDACT], 'shop_domain'),
      ...from([...SHOP, ...UNINSTALLED], 'myshopify_domain'),
    ],
    why: 'The header that names the shop is not signed; the body is. Both have to name the same one.',
  },
  { sources: from(MERGE, 'status'), why: 'Shopify reports failed merges on the same topic.' },
  { sources: from(UNINSTALLED, 'updated_at'), why: 'Keeps Shopify from taking two deliveries for one.' },
];

/**
 * What Shopify's webhooks can carry and this app never keeps: not asked for where Shopify lets us choose, cut away at the
 * edge where it does not, and looked for by the canary scan. Names are those of Shopify's bodies.
 */
export const NEVER_KEPT = [
  { what: 'telephone numbers', names: ['phone', 'sms_marketing_phone'] },
  {
    what: 'street, city, postal code, coordinates',
    names: ['address1', 'address2', 'city', 'zip', 'latitude', 'longitude'],
  },
  { what: 'billing addresses', names: ['billing_address'] },
  { what: 'other addresses of a customer', names: ['default_address', 'addresses'] },
  { what: 'company names', names: ['company'] },
  {
    what: 'IP address and browser',
    names: ['browser_ip', 'client_details', 'user_agent', 'session_hash', 'accept_language'],
  },
  { what: 'notes and free text', names: ['note', 'note_attributes', 'attributes', 'tags'] },
  { what: 'properties of a line, such as an engraving', names: ['properties'] },
  { what: 'links that open a checkout or an order', names: ['abandoned_checkout_url', 'order_status_url'] },
  { what: 'where the shopper came from', names: ['landing_site', 'referring_site'] },
  { what: 'payment', names: ['payment_gateway_names', 'gateway', 'transactions'] },
  { what: 'language of the shopper', names: ['customer_locale'] },
  { what: 'discount codes', names: ['discount_codes', 'discount_applications'] },
] as const;
