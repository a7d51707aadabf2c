/**
 * The webhooks we ask Shopify for: the number each has in the inbox (frozen: rows and seals carry it) and the path it is
 * delivered to. `shopify.app.toml` says the same to Shopify; a test compares them.
 */
export const TOPICS = {
  'carts/create': { code: 1, path: '/webhooks/carts' },
  'carts/update': { code: 2, path: '/webhooks/carts' },
  'checkouts/create': { code: 3, path: '/webhooks/checkouts' },
  'checkouts/update': { code: 4, path: '/webhooks/checkouts' },
  'checkouts/delete': { code: 5, path: '/webhooks/checkouts' },
  'orders/create': { code: 6, path: '/webhooks/orders' },
  'orders/updated': { code: 7, path: '/webhooks/orders' },
  'orders/cancelled': { code: 8, path: '/webhooks/orders' },
  'customers/update': { code: 9, path: '/webhooks/customers' },
  'customers/delete': { code: 10, path: '/webhooks/customers' },
  'customers/merge': { code: 11, path: '/webhooks/customers' },
  'shop/update': { code: 12, path: '/webhooks/shop' },
  'app/uninstalled': { code: 13, path: '/webhooks/app' },
  'app/scopes_update': { code: 14, path: '/webhooks/app' },
  'customers/data_request': { code: 15, path: '/webhooks/compliance' },
  'customers/redact': { code: 16, path: '/webhooks/compliance' },
  'shop/redact': { code: 17, path: '/webhooks/compliance' },
} as const;

export type Topic = keyof typeof TOPICS;

/** Shopify's mandatory privacy topics (Shopify: privacy law compliance). */
export type ComplianceTopic = 'customers/data_request' | 'customers/redact' | 'shop/redact';

/** Topics that are recorded whatever the state of the shop. */
export type ExemptTopic = ComplianceTopic | 'app/uninstalled';

export const ALL_TOPICS = Object.keys(TOPICS) as Topic[];

const BY_CODE = new Map<number, Topic>(ALL_TOPICS.map((topic) => [TOPICS[topic].code, topic]));

/** Paths webhooks are delivered to. */
export const WEBHOOK_PATHS: ReadonlySet<string> = new Set(ALL_TOPICS.map((topic) => TOPICS[topic].path));

/** The topic of an `X-Shopify-Topic` header, or null when we did not ask for it. */
export function getTopic(name: string): Topic | null {
  return Object.hasOwn(TOPICS, name) ? (name as Topic) : null;
}

/** The topic with this number. @throws for a number that no release ever wrote. */
export function topicOf(code: number): Topic {
  const topic = BY_CODE.get(code);
  if (topic === undefined) throw new Error('The inbox holds a topic that is none');
  return topic;
}

export function isComplianceTopic(topic: Topic): topic is ComplianceTopic {
  return topic === 'customers/data_request' || topic === 'customers/redact' || topic === 'shop/redact';
}

/**
 * Topics whose body has no time of its own: two of them can be the same to the letter and mean two things (an app that
 * was uninstalled twice).
 */
export function isTimelessTopic(topic: Topic): boolean {
  return isComplianceTopic(topic) || TIMELESS.has(topic);
}

const TIMELESS: ReadonlySet<Topic> = new Set([
  'app/uninstalled',
  'checkouts/delete',
  'customers/delete',
  'customers/merge',
]);

/**
 * Topics whose body names the shop's `*.myshopify.com` domain itself, under the signature. Shopify has sent requests by
 * law without the shop's header for days, and farewells with the shop's own domain in it.
 */
export function namesItsShop(topic: Topic): boolean {
  return isComplianceTopic(topic) || topic === 'app/uninstalled' || topic === 'shop/update';
}

export function isExemptTopic(topic: Topic): topic is ExemptTopic {
  return topic === 'app/uninstalled' || isComplianceTopic(topic);
}
