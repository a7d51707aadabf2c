import { ApiVersion } from '@shopify/shopify-api';

/**
 * The version of every call we make and of every webhook we ask for: the same text stands in shopify.app.toml
 * (`webhooks.api_version`), and a test compares them. Shopify keeps a version for twelve months.
 */
export const API_VERSION = ApiVersion.October26;
