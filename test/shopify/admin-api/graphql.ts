import type { Shop } from '../world/shops.ts';
import type { Grant } from './access-tokens.ts';
import type { Answer } from './answer.ts';
import { costOf, MAX_QUERY_COST } from './cost.ts';
import { OPERATIONS } from './operations/index.ts';
import { readDocument, select } from './selection.ts';

export const API_VERSION = '2026-10';

/** What happened, and the operation's name when the document had one. */
export interface GraphqlResult {
  readonly answer: Answer;
  readonly operation: string | null;
  /** True when the app asked for something nobody taught the stand-in. */
  readonly unknown: boolean;
}

const BUCKET = { maximumAvailable: 2000, restoreRate: 100 };
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const failed = (message: string, code?: string): Answer => ({
  status: 200,
  body: { errors: [{ message, ...(code === undefined ? {} : { extensions: { code } }) }] },
});

/** Answers one GraphQL request of an app that may ask. */
export function answerGraphql(shop: Shop, grant: Grant, body: Record<string, unknown>): GraphqlResult {
  let document;
  try {
    document = readDocument(String(body['query'] ?? ''));
  } catch (error) {
    return { operation: null, unknown: true, answer: { status: 500, body: { errors: messageOf(error) } } };
  }
  const { kind, operationName, selections } = document;
  const operation = OPERATIONS.get(operationName);
  if (!operation) {
    const errors = `The Shopify stand-in does not know the operation ${operationName}: add it in test/shopify/admin-api/operations`;
    return { operation: operationName, unknown: true, answer: { status: 500, body: { errors } } };
  }
  const missing = operation.scopes.filter((scope) => !grant.scopes.includes(scope));
  if (missing.length > 0) {
    const message = `Access denied for ${operationName}. Required access: \`${missing.join('`, `')}\` access scope.`;
    return { operation: operationName, unknown: false, answer: failed(message, 'ACCESS_DENIED') };
  }
  let everything: Record<string, unknown>;
  try {
    everything = operation.resolve({
      shop,
      granted: grant.scopes,
      variables: (body['variables'] ?? {}) as Record<string, unknown>,
    });
  } catch (error) {
    return { operation: operationName, unknown: false, answer: failed(messageOf(error)) };
  }
  const queryCost = costOf(kind, selections, everything);
  if (queryCost > MAX_QUERY_COST) {
    const message = `Query cost is ${queryCost}, which exceeds the single query max cost limit (${MAX_QUERY_COST}).`;
    return { operation: operationName, unknown: false, answer: failed(message, 'MAX_COST_EXCEEDED') };
  }
  let data: unknown;
  try {
    data = select(everything, selections);
  } catch (error) {
    return { operation: operationName, unknown: true, answer: failed(messageOf(error)) };
  }
  const cost = {
    requestedQueryCost: queryCost,
    actualQueryCost: queryCost,
    throttleStatus: { ...BUCKET, currentlyAvailable: BUCKET.maximumAvailable - queryCost },
  };
  return { operation: operationName, unknown: false, answer: { status: 200, body: { data, extensions: { cost } } } };
}
