import { requireStaff } from '../world/world.ts';
import type { Shop } from '../world/shops.ts';
import { shopTime, type Payload } from './common.ts';

/** shop/update and app/uninstalled share one shape. */
export function shopPayload(shop: Shop, updatedAt: Date): Payload {
  const owner = requireStaff(shop, 'owner');
  return {
    id: shop.id,
    name: shop.name,
    email: owner.email,
    domain: `${shop.handle}.example.com`,
    province: shop.province,
    country: shop.countryCode,
    address1: '1 Nowhere Square',
    zip: '00000',
    city: shop.city,
    source: null,
    phone: '+14165550199',
    latitude: null,
    longitude: null,
    primary_locale: shop.locale.slice(0, 2),
    address2: null,
    created_at: shopTime(new Date('2025-05-02T15:00:00Z'), shop.ianaTimezone),
    updated_at: shopTime(updatedAt, shop.ianaTimezone),
    country_code: shop.countryCode,
    country_name: shop.country,
    currency: shop.currencyCode,
    customer_email: shop.contactEmail,
    timezone: `(${shopTime(updatedAt, shop.ianaTimezone).slice(-6)}) ${shop.ianaTimezone}`,
    iana_timezone: shop.ianaTimezone,
    shop_owner: `${owner.firstName} ${owner.lastName}`,
    money_format: shop.moneyFormat,
    money_with_currency_format: `${shop.moneyFormat} ${shop.currencyCode}`,
    weight_unit: 'kg',
    province_code: shop.provinceCode,
    taxes_included: null,
    auto_configure_tax_inclusivity: null,
    tax_shipping: null,
    county_taxes: null,
    plan_display_name: 'Basic',
    plan_name: 'basic',
    has_discounts: false,
    has_gift_cards: true,
    myshopify_domain: shop.domain,
    google_apps_domain: null,
    google_apps_login_enabled: null,
    money_in_emails_format: shop.moneyFormat,
    money_with_currency_in_emails_format: `${shop.moneyFormat} ${shop.currencyCode}`,
    eligible_for_payments: true,
    requires_extra_payments_agreement: false,
    password_enabled: null,
    has_storefront: true,
    finances: true,
    primary_location_id: 66_120_000_000 + shop.number,
    checkout_api_supported: true,
    multi_location_enabled: true,
    setup_required: false,
    pre_launch_enabled: false,
    enabled_presentment_currencies: [shop.currencyCode],
    marketing_sms_consent_enabled_at_checkout: false,
    transactional_sms_disabled: false,
  };
}

/** app/scopes_update. */
export function scopesPayload(shop: Shop, previous: readonly string[], current: readonly string[], at: Date): Payload {
  return { id: 918_270_000 + shop.number, shop_id: shop.gid, previous, current, updated_at: at.toISOString() };
}
