/**
 * Key sets of Shopify's webhook bodies, API version 2026-07, as read from its published reference. They are written
 * down apart from the builders so that one is checked by the other.
 */
const words = (text: string): string[] => text.trim().split(/\s+/);

export const CART = words(`
  created_at id line_items note token updated_at
`);
export const CART_LINE = words(`
  discounted_price discounted_price_set discounts gift_card grams id key line_price line_price_set
  original_line_price original_line_price_set original_price parent_relationship price price_set product_id
  properties quantity sku taxable title total_discount total_discount_set variant_id vendor
`);
export const CHECKOUT = words(`
  abandoned_checkout_url billing_address buyer_accepts_marketing buyer_accepts_sms_marketing cart_token closed_at
  completed_at created_at currency customer customer_locale device_id discount_codes email gateway landing_site
  line_items location_id name note note_attributes phone presentment_currency referring_site reservation_token
  shipping_address shipping_lines sms_marketing_phone source source_identifier source_name source_url
  subtotal_price tax_lines taxes_included token total_discounts total_duties total_line_items_price total_price
  total_tax total_weight updated_at user_id
`);
export const CHECKOUT_LINE = words(`
  applied_discounts compare_at_price destination_location_id discount_allocations fulfillment_service gift_card
  grams key line_price origin_location_id presentment_title presentment_variant_title price product_id properties
  quantity rank requires_shipping sku tax_lines taxable title unit_price_measurement user_id variant_id
  variant_price variant_title vendor
`);
export const CHECKOUT_LINE_TAX = words(`
  channel_liable compare_at jurisdiction_id jurisdiction_source jurisdiction_type position price rate
  reporting_exempt_amount reporting_jurisdiction_code reporting_jurisdiction_name reporting_jurisdiction_type
  reporting_non_taxable_amount reporting_taxable_amount source tax_api_client_id tax_calculation_price
  tax_registration_id title zone
`);
export const CHECKOUT_DELETED = words(`
  buyer_accepts_sms_marketing cart_token id presentment_currency reservation_token sms_marketing_phone
  subtotal_price total_discounts total_duties total_line_items_price total_price total_tax
`);
export const ADDRESS = words(`
  address1 address2 city company country country_code first_name last_name latitude longitude name phone province
  province_code zip
`);
export const CHECKOUT_CUSTOMER = words(`
  admin_graphql_api_id created_at currency default_address email first_name id last_name multipass_identifier note
  phone state tax_exempt tax_exemptions updated_at verified_email
`);
export const CUSTOMER_ADDRESS = words(`
  address1 address2 city company country country_code country_name customer_id default first_name id last_name
  name phone province province_code zip
`);
export const ORDER = words(`
  admin_graphql_api_id app_id billing_address browser_ip buyer_accepts_marketing cancel_reason cancelled_at
  cart_token checkout_token client_details closed_at confirmation_number confirmed contact_email created_at
  currency current_shipping_price_set current_subtotal_price current_subtotal_price_set
  current_total_additional_fees_set current_total_discounts current_total_discounts_set current_total_duties_set
  current_total_price current_total_price_set current_total_tax current_total_tax_set customer customer_locale
  device_id discount_applications discount_codes duties_included email estimated_taxes financial_status
  fulfillment_status fulfillments id landing_site landing_site_ref line_item_groups line_items location_id
  merchant_business_entity_id merchant_of_record_app_id name note note_attributes number order_number
  order_status_url original_total_additional_fees_set original_total_duties_set payment_gateway_names
  payment_terms phone po_number presentment_currency processed_at reference referring_site refunds returns
  shipping_address shipping_lines source_identifier source_name source_url subtotal_price subtotal_price_set tags
  tax_exempt tax_lines taxes_included test token total_cash_rounding_payment_adjustment_set
  total_cash_rounding_refund_adjustment_set total_discounts total_discounts_set total_line_items_price
  total_line_items_price_set total_outstanding total_price total_price_set total_shipping_price_set total_tax
  total_tax_set total_tip_received total_weight updated_at user_id
`);
export const ORDER_LINE = words(`
  admin_graphql_api_id attributed_staffs current_quantity discount_allocations duties fulfillable_quantity
  fulfillment_service fulfillment_status gift_card grams id name price price_set product_exists product_id
  properties quantity requires_shipping sales_line_item_group_id sku tax_lines taxable title total_discount
  total_discount_set variant_id variant_inventory_management variant_title vendor
`);
export const SHIPPING_LINE = words(`
  carrier_identifier code current_discounted_price_set discount_allocations discounted_price discounted_price_set
  id is_removed phone price price_set requested_fulfillment_service_id source tax_lines title
`);
export const CLIENT_DETAILS = words(`
  accept_language browser_height browser_ip browser_width session_hash user_agent
`);
export const CUSTOMER = words(`
  addresses admin_graphql_api_id created_at currency default_address email first_name id last_name
  multipass_identifier note phone state tax_exempt tax_exemptions updated_at verified_email
`);
export const CUSTOMER_DELETED = words(`
  admin_graphql_api_id id tax_exemptions
`);
export const SHOP = words(`
  address1 address2 auto_configure_tax_inclusivity checkout_api_supported city country country_code country_name
  county_taxes created_at currency customer_email domain eligible_for_payments email
  enabled_presentment_currencies finances google_apps_domain google_apps_login_enabled has_discounts
  has_gift_cards has_storefront iana_timezone id latitude longitude marketing_sms_consent_enabled_at_checkout
  money_format money_in_emails_format money_with_currency_format money_with_currency_in_emails_format
  multi_location_enabled myshopify_domain name password_enabled phone plan_display_name plan_name
  pre_launch_enabled primary_locale primary_location_id province province_code requires_extra_payments_agreement
  setup_required shop_owner source tax_shipping taxes_included timezone transactional_sms_disabled updated_at
  weight_unit zip
`);
export const SCOPES_UPDATE = words(`
  current id previous shop_id updated_at
`);
export const DATA_REQUEST = words(`
  customer data_request orders_requested shop_domain shop_id
`);
export const CUSTOMER_REDACT = words(`
  customer orders_to_redact shop_domain shop_id
`);
export const SHOP_REDACT = words(`
  shop_domain shop_id
`);

/** What is left when only Level 1 of protected customer data was approved. */
export const LEVEL_ONE_CHECKOUT = words(`
  abandoned_checkout_url billing_address buyer_accepts_marketing buyer_accepts_sms_marketing cart_token closed_at
  completed_at created_at currency customer customer_locale device_id discount_codes gateway landing_site
  line_items location_id name note note_attributes presentment_currency referring_site reservation_token
  shipping_address shipping_lines source source_identifier source_name source_url subtotal_price tax_lines
  taxes_included token total_discounts total_duties total_line_items_price total_price total_tax total_weight
  updated_at user_id
`);
export const LEVEL_ONE_ORDER = words(`
  admin_graphql_api_id app_id billing_address browser_ip buyer_accepts_marketing cancel_reason cancelled_at
  cart_token checkout_token client_details closed_at confirmation_number confirmed created_at currency
  current_shipping_price_set current_subtotal_price current_subtotal_price_set current_total_additional_fees_set
  current_total_discounts current_total_discounts_set current_total_duties_set current_total_price
  current_total_price_set current_total_tax current_total_tax_set customer customer_locale device_id
  discount_applications discount_codes duties_included estimated_taxes financial_status fulfillment_status
  fulfillments id landing_site landing_site_ref line_item_groups line_items location_id
  merchant_business_entity_id merchant_of_record_app_id name note note_attributes number order_number
  original_total_additional_fees_set original_total_duties_set payment_gateway_names payment_terms po_number
  presentment_currency processed_at reference referring_site refunds returns shipping_address shipping_lines
  source_identifier source_name source_url subtotal_price subtotal_price_set tags tax_exempt tax_lines
  taxes_included test token total_cash_rounding_payment_adjustment_set total_cash_rounding_refund_adjustment_set
  total_discounts total_discounts_set total_line_items_price total_line_items_price_set total_outstanding
  total_price total_price_set total_shipping_price_set total_tax total_tax_set total_tip_received total_weight
  updated_at user_id
`);
export const LEVEL_ONE_ADDRESS = words(`
  country country_code province province_code
`);
export const LEVEL_ONE_CUSTOMER = words(`
  admin_graphql_api_id created_at currency default_address id multipass_identifier note state tax_exempt
  tax_exemptions updated_at verified_email
`);
export const LEVEL_ONE_CUSTOMER_ADDRESS = words(`
  company country country_code country_name customer_id default id province province_code
`);
