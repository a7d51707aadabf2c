import type { Address } from '../storefront/state.ts';
import type { Customer } from '../world/customers.ts';
import type { Shop } from '../world/shops.ts';
import { gid, numericId, shopTime, type Payload, type Quirks } from './common.ts';

/** Billing or shipping address of checkouts and orders. */
export function address(value: Address): Payload {
  const { place } = value;
  return {
    first_name: value.firstName,
    last_name: value.lastName,
    name: `${value.firstName} ${value.lastName}`,
    company: null,
    address1: value.street,
    address2: 'Unit 7',
    city: place.city,
    zip: place.zip,
    phone: value.phone,
    latitude: place.latitude,
    longitude: place.longitude,
    province: place.province,
    province_code: place.provinceCode,
    country: place.country,
    country_code: place.countryCode,
  };
}

/** An entry of a customer's address book. */
export function customerAddress(customer: Customer, quirks: Quirks): Payload {
  const { place } = customer;
  return {
    id: numericId(customer.addressId, quirks),
    customer_id: numericId(customer.id, quirks),
    first_name: customer.firstName,
    last_name: customer.lastName,
    name: `${customer.firstName} ${customer.lastName}`,
    company: null,
    address1: customer.street,
    address2: null,
    city: place.city,
    zip: place.zip,
    phone: customer.phone,
    province: place.province,
    province_code: place.provinceCode,
    country: place.country,
    country_code: place.countryCode,
    country_name: place.country,
    default: true,
  };
}

/** The customer object of checkouts and orders, and the core of customers/update. */
export function customerCore(shop: Shop, customer: Customer, updatedAt: Date, quirks: Quirks): Payload {
  return {
    id: numericId(customer.id, quirks),
    admin_graphql_api_id: gid('Customer', customer.id, quirks),
    created_at: shopTime(new Date(customer.createdAt), shop.ianaTimezone),
    updated_at: shopTime(updatedAt, shop.ianaTimezone),
    first_name: customer.firstName,
    last_name: customer.lastName,
    state: 'enabled',
    note: customer.note,
    verified_email: true,
    multipass_identifier: null,
    tax_exempt: false,
    tax_exemptions: [],
    email: customer.email,
    phone: customer.phone,
    currency: shop.currencyCode,
    default_address: customerAddress(customer, quirks),
  };
}
