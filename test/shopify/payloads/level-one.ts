import type { Payload } from './common.ts';

const NAMES = ['first_name', 'last_name', 'name'];
const STREETS = ['address1', 'address2', 'city', 'zip', 'latitude', 'longitude'];
const CONTACTS = ['email', 'contact_email', 'phone', 'sms_marketing_phone'];

function without(value: unknown, keys: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}

/** Keys that vanish from an address; a customer's own address book keeps `company`. */
const bookEntry = (value: unknown): unknown => without(value, [...NAMES, ...STREETS, ...CONTACTS]);
const deliveryAddress = (value: unknown): unknown => without(bookEntry(value), ['company']);

function person(value: unknown): unknown {
  const kept = without(value, ['first_name', 'last_name', ...CONTACTS]);
  if (typeof kept !== 'object' || kept === null || !('default_address' in kept)) return kept;
  return { ...kept, default_address: bookEntry(kept.default_address) };
}

/**
 * The payload an app without Level 2 approval gets: unapproved keys are missing, not null. Notes, attributes, IP
 * address, user agent and recovery link stay, which is why the app has to drop them itself. `name` of a checkout or
 * order ("#1042") is no person's name and stays.
 */
export function levelOneOnly(payload: Payload): Payload {
  const gone = [...CONTACTS, 'order_status_url'];
  const isPerson = 'first_name' in payload;
  const result = (isPerson ? person(payload) : without(payload, gone)) as Payload;
  if ('billing_address' in result) result['billing_address'] = deliveryAddress(result['billing_address']);
  if ('shipping_address' in result) result['shipping_address'] = deliveryAddress(result['shipping_address']);
  if ('customer' in result) result['customer'] = person(result['customer']);
  if (Array.isArray(result['addresses'])) result['addresses'] = result['addresses'].map(bookEntry);
  return result;
}
