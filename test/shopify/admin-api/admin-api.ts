import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { readBody } from '../http.ts';
import type { Credentials } from '../session-token.ts';
import type { Shop } from '../world/shops.ts';
import type { World } from '../world/world.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { Answer } from './answer.ts';
import { answerGraphql, API_VERSION } from './graphql.ts';
import { answerTokenRequest } from './token-endpoint.ts';
import { troubleAnswer, type TroubleMaker, type TroubleTarget } from './trouble.ts';

/** One request the app made to Shopify. */
export interface AdminRequest {
  readonly at: Date;
  readonly shop: string;
  readonly path: string;
  readonly kind: TroubleTarget | 'other';
  /** GraphQL operation name, or the grant type of a token request. */
  readonly operation: string | null;
  readonly variables: unknown;
  readonly status: number;
}

export interface AdminApi {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** Every request the app made, oldest first. */
  readonly requests: AdminRequest[];
}

export interface AdminApiOptions {
  readonly world: World;
  readonly credentials: Credentials;
  readonly tokens: AccessTokens;
  readonly trouble: TroubleMaker;
  /** What a shop grants when it is asked now. */
  readonly scopes: (shop: Shop) => readonly string[];
  readonly now: () => Date;
  readonly slowMs: number;
  /** Told about requests nobody taught the stand-in to answer. */
  readonly unexpected: (what: string) => void;
}

const KEPT_REQUESTS = 5_000;
const TOKEN_PATH = '/admin/oauth/access_token';
const GRAPHQL_PATH = /^\/admin\/api\/([^/]+)\/graphql\.json$/;
const UNAUTHORIZED: Answer = {
  status: 401,
  body: { errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' },
};

interface Outcome {
  readonly answer: Answer;
  readonly kind: AdminRequest['kind'];
  readonly operation: string | null;
}

function parseJsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** The Admin API of every shop, as the https proxy hands requests to it. */
export function createAdminApi(options: AdminApiOptions): AdminApi {
  const { world, tokens, trouble, unexpected } = options;
  const requests: AdminRequest[] = [];

  const decide = (request: IncomingMessage, shop: Shop, path: string, body: Record<string, unknown>): Outcome => {
    if (request.method === 'POST' && path === TOKEN_PATH) {
      return { kind: 'token', operation: String(body['grant_type']), answer: answerTokenRequest(options, shop, body) };
    }
    const version = GRAPHQL_PATH.exec(path)?.[1];
    if (request.method !== 'POST' || version !== API_VERSION) {
      unexpected(`${request.method} https://${shop.domain}${path}`);
      const errors = `The Shopify stand-in answers GraphQL ${API_VERSION} and token requests, not ${request.method} ${path}`;
      return { kind: 'other', operation: null, answer: { status: 500, body: { errors } } };
    }
    const grant = tokens.getGrant(shop.domain, String(request.headers['x-shopify-access-token'] ?? ''));
    if (!grant || !shop.installed) return { kind: 'graphql', operation: null, answer: UNAUTHORIZED };
    const result = answerGraphql(shop, grant, body);
    if (result.unknown) unexpected(`GraphQL ${result.operation ?? 'without a name'} at ${shop.domain}`);
    return { kind: 'graphql', operation: result.operation, answer: result.answer };
  };

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const host = (request.headers.host ?? '').replace(/:443$/, '');
    const path = new URL(request.url ?? '/', `https://${host}`).pathname;
    const body = parseJsonObject((await readBody(request)).toString('utf8'));
    const shop = world.getShop(host);
    const target = path === TOKEN_PATH ? 'token' : GRAPHQL_PATH.test(path) ? 'graphql' : null;
    const struck = target && trouble.take(host, target);
    const refusal = struck && troubleAnswer(struck);
    // A refused token request must not use up the refresh token; a lost answer (hang-up, broken-json) may.
    const outcome: Outcome =
      refusal && target === 'token'
        ? { kind: 'token', operation: String(body['grant_type']), answer: refusal }
        : shop
          ? decide(request, shop, path, body)
          : { kind: 'other', operation: null, answer: { status: 404, body: { errors: 'Not Found' } } };
    const answer = refusal ?? outcome.answer;
    requests.push({
      at: options.now(),
      shop: host,
      path,
      kind: outcome.kind,
      operation: outcome.operation,
      variables: body['variables'] ?? null,
      status: answer.status,
    });
    if (requests.length > KEPT_REQUESTS) requests.shift();

    if (struck === 'slow') await sleep(options.slowMs);
    if (struck === 'hang-up') return void response.destroy();
    const text = JSON.stringify(answer.body);
    response.writeHead(answer.status, { 'content-type': 'application/json; charset=utf-8', ...answer.headers });
    response.end(struck === 'broken-json' ? text.slice(0, Math.ceil(text.length / 2)) : text);
  };

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    respond(request, response).catch(() => response.destroy());
  };
  return { handle, requests };
}
