import type { KeyStore } from '#app/data/keys.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import type { RequestTopic } from '#app/privacy/requests/kinds.ts';
import { sealJson } from '#app/vault/sealed-json.ts';

/** Whom a request is about, in every way we were told. Any list may be empty; an empty one stands for nobody. */
export interface RequestSubject {
  /** Shopify’s numbers, in digits. */
  readonly customerIds: readonly string[];
  readonly emails: readonly string[];
  readonly orderIds: readonly string[];
  /** Our own ids, of people and carts that staff pointed at. */
  readonly personIds: readonly string[];
  readonly cartIds: readonly string[];
  /** Shopify’s own number of a data request. */
  readonly dataRequestId: string | null;
}

export const NOBODY: RequestSubject = {
  customerIds: [],
  emails: [],
  orderIds: [],
  personIds: [],
  cartIds: [],
  dataRequestId: null,
};

/** The fields of all request topics; each has some of them. */
export interface RequestBody {
  readonly id?: string | null | undefined;
  readonly shop_domain?: string;
  readonly customer?:
    { readonly id?: string | null | undefined; readonly email?: string | null | undefined } | null | undefined;
  readonly orders_requested?: readonly string[] | null | undefined;
  readonly orders_to_redact?: readonly string[] | null | undefined;
  readonly data_request?: { readonly id?: string | null | undefined } | null | undefined;
}

/** Whom a webhook’s body is about; null for `shop/redact`, which is about everybody. */
export function subjectOfBody(topic: RequestTopic, body: RequestBody): RequestSubject | null {
  if (topic === 'shop/redact') return null;
  return {
    ...NOBODY,
    customerIds: present(body.customer?.id ?? body.id),
    emails: present(body.customer?.email),
    orderIds: body.orders_requested ?? body.orders_to_redact ?? [],
    dataRequestId: body.data_request?.id ?? null,
  };
}

/** Where a request’s sealed subject lies; part of what the seal is bound to. */
export function requestPlace(shopId: string, id: string) {
  return { shop: shopId, table: 'privacy_requests', column: 'sealed', row: id };
}

/** Seals a new request’s subject under a key of the request’s own, so that closing it can end with destroying that key. */
export async function sealSubject(
  tx: SqlTx,
  keyStore: KeyStore,
  shopId: string,
  id: string,
  subject: RequestSubject,
): Promise<Buffer> {
  const key = (await keyStore.createSubjectKeys(tx, shopId, 'request', [id])).get(id);
  if (key === undefined) throw new Error('The key store made no key');
  return sealJson(key.key, subject, requestPlace(shopId, id));
}

/** An opened subject. What is not of the shape counts as absent: it can never widen whom a request is about. */
export function parseSubject(opened: unknown): RequestSubject {
  const fields = typeof opened === 'object' && opened !== null ? (opened as Record<string, unknown>) : {};
  const { dataRequestId } = fields;
  return {
    // The singular is how the first release wrote it.
    customerIds: texts(fields['customerIds'] ?? [fields['customerId']]),
    emails: texts(fields['emails'] ?? [fields['email']]),
    orderIds: texts(fields['orderIds']),
    personIds: texts(fields['personIds']),
    cartIds: texts(fields['cartIds']),
    dataRequestId: typeof dataRequestId === 'string' ? dataRequestId : null,
  };
}

function present(value: string | null | undefined): string[] {
  return value === null || value === undefined || value.trim() === '' ? [] : [value];
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string' && item !== '') : [];
}
